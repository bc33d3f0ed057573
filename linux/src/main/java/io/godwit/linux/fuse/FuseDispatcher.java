package io.godwit.linux.fuse;

import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.FuseAbi;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.fuse.FileTree.Attributes;
import io.godwit.linux.fuse.FileTree.Change;
import io.godwit.linux.fuse.FileTree.Created;
import io.godwit.linux.fuse.FileTree.Lock;
import io.godwit.linux.fuse.FileTree.Name;
import io.godwit.linux.fuse.FileTree.Space;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Turns requests into calls of the tree, and their results into answers. */
final class FuseDispatcher {
  /** Minor version of the protocol that is spoken here at most. */
  private static final int MINOR = 38;

  private static final int OLDEST_MINOR = 23;
  private static final int PAGE = 4096;
  private static final int NAME_MAX = 255;
  private static final int MAX_BACKGROUND = 64;
  private static final int DIRENT = 24;
  private static final int ENTRY = (int) FuseAbi.ENTRY_OUT.byteSize();

  private static final int WANTED =
      FuseAbi.FUSE_ASYNC_READ
          | FuseAbi.FUSE_POSIX_LOCKS
          | FuseAbi.FUSE_FLOCK_LOCKS
          | FuseAbi.FUSE_ATOMIC_O_TRUNC
          | FuseAbi.FUSE_BIG_WRITES
          | FuseAbi.FUSE_DO_READDIRPLUS
          | FuseAbi.FUSE_READDIRPLUS_AUTO
          | FuseAbi.FUSE_PARALLEL_DIROPS
          | FuseAbi.FUSE_MAX_PAGES;

  private final FileTree tree;
  private final int maxWrite;

  FuseDispatcher(FileTree tree, int maxWrite) {
    this.tree = tree;
    this.maxWrite = maxWrite;
  }

  /** Whether the kernel waits for no answer. */
  static boolean isSilent(Request request) {
    return switch (request.opcode()) {
      case FuseAbi.FUSE_FORGET, FuseAbi.FUSE_BATCH_FORGET, FuseAbi.FUSE_INTERRUPT -> true;
      default -> false;
    };
  }

  /**
   * Carries a request out and puts the answer's payload.
   *
   * @throws LinuxException with the errno to answer
   */
  void handle(Request r, Reply out) {
    switch (r.opcode()) {
      case FuseAbi.FUSE_INIT -> init(r, out);
      case FuseAbi.FUSE_LOOKUP -> out.entry(tree.lookup(r.node(), r.text()));
      case FuseAbi.FUSE_FORGET -> tree.forget(r.node(), r.arguments(8).getLong());
      case FuseAbi.FUSE_BATCH_FORGET -> forgetMany(r);
      case FuseAbi.FUSE_GETATTR -> out.attributesWithTime(tree.attributes(r.node()));
      case FuseAbi.FUSE_SETATTR -> out.attributesWithTime(change(r));
      case FuseAbi.FUSE_READLINK -> out.text(tree.readLink(r.node()));
      case FuseAbi.FUSE_STATFS -> space(tree.space(r.node()), out);
      case FuseAbi.FUSE_OPENDIR -> out.opened(tree.openDirectory(r.node()));
      case FuseAbi.FUSE_READDIR -> list(r, out, false);
      case FuseAbi.FUSE_READDIRPLUS -> list(r, out, true);
      case FuseAbi.FUSE_RELEASEDIR -> tree.releaseDirectory(r.node(), r.arguments(8).getLong());
      case FuseAbi.FUSE_DESTROY, FuseAbi.FUSE_FSYNCDIR -> {}
      case FuseAbi.FUSE_OPEN,
          FuseAbi.FUSE_CREATE,
          FuseAbi.FUSE_READ,
          FuseAbi.FUSE_WRITE,
          FuseAbi.FUSE_RELEASE,
          FuseAbi.FUSE_FLUSH,
          FuseAbi.FUSE_FSYNC,
          FuseAbi.FUSE_GETLK,
          FuseAbi.FUSE_SETLK,
          FuseAbi.FUSE_SETLKW ->
          file(r, out);
      default -> names(r, out);
    }
  }

  /** Requests about open files. */
  private void file(Request r, Reply out) {
    ByteBuffer in = r.arguments(8);
    switch (r.opcode()) {
      case FuseAbi.FUSE_OPEN -> out.opened(tree.open(r.node(), in.getInt()));
      case FuseAbi.FUSE_CREATE -> {
        int flags = r.arguments(16).getInt();
        int mode = in.getInt();
        int umask = in.getInt();
        in.getInt();
        Created made = tree.create(r.caller(), r.node(), r.text(), mode & ~umask, flags);
        out.entry(made.entry()).opened(made.opened());
      }
      case FuseAbi.FUSE_READ -> read(r, out);
      case FuseAbi.FUSE_WRITE -> write(r, out);
      case FuseAbi.FUSE_RELEASE -> tree.release(r.node(), in.getLong());
      case FuseAbi.FUSE_FLUSH -> {
        r.arguments(24);
        tree.flush(r.node(), in.getLong(0), in.getLong(16));
      }
      case FuseAbi.FUSE_FSYNC -> tree.sync(r.node(), in.getLong());
      case FuseAbi.FUSE_GETLK -> {
        Lock found = tree.conflict(r.node(), in.getLong(0), lock(r));
        out.putLong(found.start()).putLong(found.end()).putInt(found.type()).putInt(found.pid());
      }
      default -> tree.lock(r.node(), in.getLong(0), lock(r), r.opcode() == FuseAbi.FUSE_SETLKW);
    }
  }

  /** Requests that make, rename or remove names. */
  private void names(Request r, Reply out) {
    ByteBuffer in = r.arguments();
    switch (r.opcode()) {
      case FuseAbi.FUSE_MKNOD -> {
        int mode = r.arguments(16).getInt();
        int device = in.getInt();
        int umask = in.getInt();
        in.getInt();
        boolean plain = (mode & 0xF000) != 0xA000;
        out.entry(
            tree.makeNode(r.caller(), r.node(), r.text(), plain ? mode & ~umask : mode, device));
      }
      case FuseAbi.FUSE_MKDIR -> {
        int mode = r.arguments(8).getInt();
        int umask = in.getInt();
        out.entry(tree.makeDirectory(r.caller(), r.node(), r.text(), mode & ~umask));
      }
      case FuseAbi.FUSE_SYMLINK -> {
        String name = r.text();
        out.entry(tree.makeLink(r.caller(), r.node(), name, r.text()));
      }
      case FuseAbi.FUSE_LINK -> out.entry(tree.link(r.arguments(8).getLong(), r.node(), r.text()));
      case FuseAbi.FUSE_UNLINK -> tree.unlink(r.node(), r.text());
      case FuseAbi.FUSE_RMDIR -> tree.removeDirectory(r.node(), r.text());
      case FuseAbi.FUSE_RENAME -> {
        long newParent = r.arguments(8).getLong();
        String name = r.text();
        tree.rename(r.node(), name, newParent, r.text(), 0);
      }
      case FuseAbi.FUSE_RENAME2 -> {
        long newParent = r.arguments(16).getLong();
        int flags = in.getInt();
        in.getInt();
        String name = r.text();
        tree.rename(r.node(), name, newParent, r.text(), flags);
      }
      default ->
          throw new LinuxException(
              Errno.ENOSYS.number(), Syscall.READ, "FUSE request " + r.opcode());
    }
  }

  private void init(Request r, Reply out) {
    ByteBuffer in = r.arguments(16);
    int major = in.getInt();
    int minor = in.getInt();
    int readahead = in.getInt();
    int offered = in.getInt();
    if (major != FuseAbi.FUSE_KERNEL_VERSION || minor < OLDEST_MINOR) {
      throw new LinuxException(
          Errno.EPROTO.number(), Syscall.READ, "FUSE protocol " + major + "." + minor);
    }
    out.putInt(major)
        .putInt(Math.min(minor, MINOR))
        .putInt(readahead)
        .putInt(offered & WANTED)
        .putShort(MAX_BACKGROUND)
        .putShort(MAX_BACKGROUND * 3 / 4)
        .putInt(maxWrite)
        .putInt(1)
        .putShort(maxWrite / PAGE)
        .putShort(0)
        .zeros(32);
  }

  private void forgetMany(Request r) {
    ByteBuffer in = r.arguments(8);
    int count = in.getInt();
    in.getInt();
    for (int i = 0; i < count && in.remaining() >= 16; i++) {
      tree.forget(in.getLong(), in.getLong());
    }
  }

  /** Offsets are those of struct fuse_setattr_in. */
  private Attributes change(Request r) {
    ByteBuffer in = r.arguments(88);
    long now = System.currentTimeMillis() * 1_000_000L;
    int valid = in.getInt(0);
    long accessed = in.getLong(32) * 1_000_000_000L + in.getInt(56);
    long modified = in.getLong(40) * 1_000_000_000L + in.getInt(60);
    return tree.change(
        r.node(),
        new Change(
            valid,
            in.getLong(16),
            (valid & FuseAbi.FATTR_ATIME_NOW) != 0 ? now : accessed,
            (valid & FuseAbi.FATTR_MTIME_NOW) != 0 ? now : modified,
            in.getInt(68),
            in.getInt(76),
            in.getInt(80)));
  }

  private void read(Request r, Reply out) {
    ByteBuffer in = r.arguments(40);
    int size = in.getInt(16);
    if (size < 0 || size > maxWrite) {
      throw new LinuxException(Errno.EINVAL.number(), Syscall.READ, "a read of " + size);
    }
    ByteBuffer payload = out.payload();
    payload.limit(payload.position() + size);
    tree.read(r.node(), in.getLong(0), in.getLong(8), payload);
    payload.limit(payload.capacity());
  }

  private void write(Request r, Reply out) {
    ByteBuffer in = r.arguments(40);
    long handle = in.getLong(0);
    long offset = in.getLong(8);
    int size = in.getInt(16);
    in.position(40);
    if (size != in.remaining()) {
      throw new LinuxException(Errno.EPROTO.number(), Syscall.WRITE, "a write of " + size);
    }
    tree.write(r.node(), handle, offset, in);
    out.putInt(size).putInt(0);
  }

  /** Offsets are those of struct fuse_lk_in. */
  private static Lock lock(Request r) {
    ByteBuffer in = r.arguments(48);
    return new Lock(
        in.getLong(16),
        in.getLong(24),
        in.getInt(32),
        in.getInt(36),
        in.getLong(8),
        (in.getInt(40) & FuseAbi.FUSE_LK_FLOCK) != 0);
  }

  private static void space(Space space, Reply out) {
    out.putLong(space.blocks())
        .putLong(space.free())
        .putLong(space.available())
        .putLong(space.files())
        .putLong(space.freeFiles())
        .putInt(space.blockSize())
        .putInt(NAME_MAX)
        .putInt(space.blockSize())
        .zeros(28);
  }

  /** struct fuse_dirent: inode 8, cookie 8, name length 4, type 4, name, padded to 8. */
  private void list(Request r, Reply out, boolean plus) {
    ByteBuffer in = r.arguments(40);
    int room = Math.min(in.getInt(16), maxWrite);
    long handle = in.getLong(0);
    int smallest = (plus ? ENTRY : 0) + DIRENT + 8;
    int start = out.payload().position();
    for (Name name : tree.list(r.node(), handle, in.getLong(8), Math.max(1, room / smallest))) {
      byte[] text = name.name().getBytes(StandardCharsets.UTF_8);
      int length = (plus ? ENTRY : 0) + ((DIRENT + text.length + 7) & ~7);
      if (out.payload().position() - start + length > room) {
        return; // the kernel asks again with the cookie of the last that fitted
      }
      if (plus) {
        entryOf(r.node(), name, out);
      }
      out.putLong(name.inode())
          .putLong(name.cookie())
          .putInt(text.length)
          .putInt(name.mode() >>> 12 & 0xf);
      out.payload().put(text);
      out.zeros(-(DIRENT + text.length) & 7);
    }
  }

  /** The entry in front of a name; node 0 tells the kernel to look it up later. */
  private void entryOf(long directory, Name name, Reply out) {
    if (!name.name().equals(".") && !name.name().equals("..")) {
      try {
        out.entry(tree.lookup(directory, name.name()));
        return;
      } catch (LinuxException e) {
        if (!e.is(Errno.ENOENT)) {
          throw e;
        }
        // Removed since it was listed.
      }
    }
    out.zeros(ENTRY);
  }
}

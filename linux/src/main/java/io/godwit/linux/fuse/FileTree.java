package io.godwit.linux.fuse;

import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.Syscall;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A tree of files as the kernel asks for it. Nodes and handles are numbers of the tree's own
 * choice; node 1 is the root. A failure is a LinuxException, whose errno the program gets. Methods
 * are called by several threads at once.
 */
public interface FileTree {
  /** The node of the root directory. */
  long ROOT = 1;

  /** Who asks. */
  record Caller(int uid, int gid, int pid) {}

  /**
   * What stat(2) shows; times in nanoseconds since 1970.
   *
   * @param device of a device node, in the kernel's 32-bit form
   */
  record Attributes(
      long inode,
      long size,
      long blocks,
      long accessed,
      long modified,
      long changed,
      int mode,
      int links,
      int uid,
      int gid,
      int device) {}

  /** A name that was found or made; it counts as one lookup, which {@link #forget} takes back. */
  record Entry(long node, Attributes attributes) {}

  /**
   * An open file.
   *
   * @param keepCache whether pages that the kernel has from before are still right
   */
  record Opened(long handle, boolean keepCache) {}

  /** A file that was made and opened. */
  record Created(Entry entry, Opened opened) {}

  /**
   * A name in a directory.
   *
   * @param cookie where the next call goes on after this name, greater than 0
   */
  record Name(String name, long inode, int mode, long cookie) {}

  /**
   * A change of attributes; a component counts where its bit is in {@code valid} (FATTR_ of
   * linux/fuse.h).
   */
  record Change(int valid, long size, long accessed, long modified, int mode, int uid, int gid) {}

  /**
   * A byte range lock.
   *
   * @param type F_RDLCK, F_WRLCK or F_UNLCK
   * @param end last byte, Long.MAX_VALUE for the end of the file
   * @param owner a number for who holds it
   * @param flock whether flock(2) asked, for the whole file
   */
  record Lock(long start, long end, int type, int pid, long owner, boolean flock) {}

  /** What statfs(2) shows. */
  record Space(long blocks, long free, long available, long files, long freeFiles, int blockSize) {}

  /** ENOENT where there is no such name. */
  Entry lookup(long parent, String name);

  /** The kernel has forgotten that many lookups of a node. */
  void forget(long node, long lookups);

  Attributes attributes(long node);

  Attributes change(long node, Change change);

  String readLink(long node);

  /** open(2) of a node; O_CREAT and O_EXCL are not among the flags. */
  Opened open(long node, int flags);

  void release(long node, long handle);

  /** Fills the buffer; less only at the end of the file. */
  void read(long node, long handle, long offset, ByteBuffer into);

  /** Takes all of the buffer or fails. */
  void write(long node, long handle, long offset, ByteBuffer from);

  /** Called by each close(2); what cannot be written any more is an error here. */
  default void flush(long node, long handle, long lockOwner) {}

  default void sync(long node, long handle) {}

  Opened openDirectory(long node);

  /** Names after a cookie, at most {@code atMost}; none at the end. */
  List<Name> list(long node, long handle, long cookie, int atMost);

  default void releaseDirectory(long node, long handle) {}

  Space space(long node);

  default Created create(Caller caller, long parent, String name, int mode, int flags) {
    throw readOnly(Syscall.CREAT, name);
  }

  default Entry makeNode(Caller caller, long parent, String name, int mode, int device) {
    throw readOnly(Syscall.MKNOD, name);
  }

  default Entry makeDirectory(Caller caller, long parent, String name, int mode) {
    throw readOnly(Syscall.MKDIR, name);
  }

  default Entry makeLink(Caller caller, long parent, String name, String target) {
    throw readOnly(Syscall.SYMLINK, name);
  }

  /** A second name for a node. */
  default Entry link(long node, long parent, String name) {
    throw readOnly(Syscall.LINK, name);
  }

  default void unlink(long parent, String name) {
    throw readOnly(Syscall.UNLINK, name);
  }

  default void removeDirectory(long parent, String name) {
    throw readOnly(Syscall.RMDIR, name);
  }

  /**
   * renameat2(2).
   *
   * @param flags RENAME_NOREPLACE, RENAME_EXCHANGE or 0
   */
  default void rename(long parent, String name, long newParent, String newName, int flags) {
    throw readOnly(Syscall.RENAME, name);
  }

  /** F_GETLK: the lock that is in the way, or one of type F_UNLCK. */
  default Lock conflict(long node, long handle, Lock wanted) {
    throw new LinuxException(Errno.ENOSYS.number(), Syscall.FCNTL, "locks");
  }

  /**
   * Sets or takes away a lock.
   *
   * @param wait whether to wait for it; an interrupt of the thread ends the wait with EINTR. Else
   *     EAGAIN when it is held
   */
  default void lock(long node, long handle, Lock lock, boolean wait) {
    throw new LinuxException(Errno.ENOSYS.number(), Syscall.FCNTL, "locks");
  }

  private static LinuxException readOnly(Syscall call, String name) {
    return new LinuxException(Errno.EROFS.number(), call, name);
  }
}

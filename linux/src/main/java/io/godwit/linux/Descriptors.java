package io.godwit.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.NativeBuffer;
import io.godwit.linux.abi.Syscall;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Opening, reading, writing and describing files by descriptor: open(2), read(2), pread(2),
 * fcntl(2), readlink(2), getdents64(2). Paths are UTF-8 whatever the locale. Every descriptor is
 * opened close-on-exec unless the method says otherwise. Calls interrupted by a signal are begun
 * again.
 */
public final class Descriptors {
  /** Longest path that the kernel takes, PATH_MAX, bytes with the final zero. */
  public static final int MAX_PATH = 4096;

  private static final int CHUNK = 64 * 1024;

  /** Kept for each thread: clearing a fresh one for every small file would cost more than it. */
  private static final ThreadLocal<NativeBuffer> PIECE =
      ThreadLocal.withInitial(() -> NativeBuffer.allocate(CHUNK));

  private Descriptors() {}

  /**
   * open(2).
   *
   * @param flags of {@link FileAbi}, close-on-exec is added
   * @param mode permissions of a file that is made
   */
  public static Fd open(String path, int flags, int mode) {
    try (Arena arena = Arena.ofConfined()) {
      return new Fd(
          (int)
              Native.check(
                  retry(
                      Syscall.OPENAT,
                      FileAbi.AT_FDCWD,
                      Native.text(arena, path).address(),
                      flags | FileAbi.O_CLOEXEC,
                      mode),
                  Syscall.OPENAT,
                  path));
    }
  }

  public static Fd open(String path, int flags) {
    return open(path, flags, 0);
  }

  /** openat(2): a path relative to a directory. */
  public static Fd openAt(Fd directory, String path, int flags, int mode) {
    try (Arena arena = Arena.ofConfined()) {
      return new Fd(
          (int)
              Native.check(
                  retry(
                      Syscall.OPENAT,
                      directory.number(),
                      Native.text(arena, path).address(),
                      flags | FileAbi.O_CLOEXEC,
                      mode),
                  Syscall.OPENAT,
                  directory + "/" + path));
    }
  }

  /** close(2). A failure is reported, yet the descriptor is gone in any case. */
  public static void close(Fd fd) {
    Native.call(Syscall.CLOSE, fd, fd.number(), 0, 0);
  }

  /** read(2) into the remaining space; 0 at the end of the file. */
  public static int read(Fd fd, ByteBuffer into) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment target = Native.target(arena, into);
      long n = retry(Syscall.READ, fd.number(), target.address(), into.remaining(), 0);
      Native.deliver(into, target, (int) Native.check(n, Syscall.READ, fd));
      return (int) n;
    }
  }

  /** pread(2). */
  public static int read(Fd fd, ByteBuffer into, long position) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment target = Native.target(arena, into);
      long n = retry(Syscall.PREAD64, fd.number(), target.address(), into.remaining(), position);
      Native.deliver(into, target, (int) Native.check(n, Syscall.PREAD64, fd));
      return (int) n;
    }
  }

  /** write(2) once; may write less than what remains. */
  public static int write(Fd fd, ByteBuffer from) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment source = Native.source(arena, from);
      long n = retry(Syscall.WRITE, fd.number(), source.address(), from.remaining(), 0);
      from.position(from.position() + (int) Native.check(n, Syscall.WRITE, fd));
      return (int) n;
    }
  }

  /** pwrite(2) once. */
  public static int write(Fd fd, ByteBuffer from, long position) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment source = Native.source(arena, from);
      long n = retry(Syscall.PWRITE64, fd.number(), source.address(), from.remaining(), position);
      from.position(from.position() + (int) Native.check(n, Syscall.PWRITE64, fd));
      return (int) n;
    }
  }

  /** write(2) until nothing remains. */
  public static void writeFully(Fd fd, ByteBuffer from) {
    while (from.hasRemaining()) {
      write(fd, from);
    }
  }

  /** Reads to the end of the file, from where the descriptor stands, at most {@code limit}. */
  public static byte[] readAll(Fd fd, int limit) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    NativeBuffer chunk = PIECE.get();
    while (true) {
      long n =
          Native.check(
              retry(Syscall.READ, fd.number(), chunk.address(), CHUNK, 0), Syscall.READ, fd);
      if (n == 0) {
        return all.toByteArray();
      }
      if (all.size() + n > limit) {
        throw new LinuxException(
            Errno.EFBIG.number(), Syscall.READ, fd + ", more than " + limit + " bytes");
      }
      byte[] read = new byte[(int) n];
      chunk.bytes().get(0, read);
      all.writeBytes(read);
    }
  }

  /** The whole content of a small file, as of /proc or /sys. */
  public static byte[] readFile(String path, int limit) {
    Fd fd = open(path, FileAbi.O_RDONLY);
    try {
      return readAll(fd, limit);
    } catch (LinuxException e) {
      // The message of the read knows only the number of the descriptor.
      throw new LinuxException(e.errno(), e.call(), path);
    } finally {
      close(fd);
    }
  }

  /** Writes a control file of /proc, /sys or a cgroup with a single write(2), as they require. */
  public static void writeFile(String path, String text) {
    Fd fd = open(path, FileAbi.O_WRONLY);
    try {
      write(fd, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    } catch (LinuxException e) {
      throw new LinuxException(e.errno(), e.call(), path + " <- " + text);
    } finally {
      close(fd);
    }
  }

  /** readlink(2). */
  public static String readLink(String path) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = Native.text(arena, path);
      MemorySegment buffer = arena.allocate(MAX_PATH);
      long n =
          Native.call(Syscall.READLINK, path, name.address(), buffer.address(), buffer.byteSize());
      return new String(Native.bytes(buffer, n), StandardCharsets.UTF_8);
    }
  }

  /** The names in a directory, without "." and "..". */
  public static List<DirectoryEntry> list(String directory) {
    Fd fd = open(directory, FileAbi.O_RDONLY | FileAbi.O_DIRECTORY);
    try {
      MemorySegment buffer = MemorySegment.ofBuffer(PIECE.get().bytes().clear());
      List<DirectoryEntry> entries = new ArrayList<>();
      while (true) {
        long n = Native.call(Syscall.GETDENTS64, directory, fd.number(), buffer.address(), CHUNK);
        if (n == 0) {
          return List.copyOf(entries);
        }
        addEntries(buffer.asSlice(0, n), entries);
      }
    } finally {
      close(fd);
    }
  }

  /** struct linux_dirent64: inode 8, offset 8, record length 2, type 1, name with a zero. */
  private static void addEntries(MemorySegment records, List<DirectoryEntry> entries) {
    for (long at = 0; at < records.byteSize(); ) {
      int length = records.get(JAVA_SHORT_UNALIGNED, at + 16) & 0xffff;
      String name = records.getString(at + 19, StandardCharsets.UTF_8);
      if (!name.equals(".") && !name.equals("..")) {
        entries.add(
            new DirectoryEntry(
                name, records.get(JAVA_LONG_UNALIGNED, at), records.get(JAVA_BYTE, at + 18)));
      }
      at += length;
    }
  }

  /** statx(2) of an open descriptor. */
  public static FileStatus status(Fd fd) {
    return status(fd.number(), "", FileAbi.AT_EMPTY_PATH);
  }

  /** statx(2) of a path; the last component is not followed where it is a symbolic link. */
  public static FileStatus linkStatus(String path) {
    return status(FileAbi.AT_FDCWD, path, FileAbi.AT_SYMLINK_NOFOLLOW);
  }

  /** statx(2) of a path, following symbolic links. */
  public static FileStatus status(String path) {
    return status(FileAbi.AT_FDCWD, path, 0);
  }

  private static FileStatus status(int directory, String path, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(FileAbi.STATX);
      Native.check(
          Kernel.call(
              Syscall.STATX,
              directory,
              Native.text(arena, path).address(),
              flags,
              FileAbi.STATX_BASIC_STATS | FileAbi.STATX_MNT_ID,
              out.address(),
              0),
          Syscall.STATX,
          path.isEmpty() ? "fd " + directory : path);
      return Statx.read(out);
    }
  }

  /** A second descriptor for the same open file, the lowest free number not below {@code from}. */
  public static Fd duplicate(Fd fd, int from) {
    return new Fd((int) control(fd, FileAbi.F_DUPFD_CLOEXEC, from));
  }

  public static Fd duplicate(Fd fd) {
    return duplicate(fd, 0);
  }

  /** dup3(2): makes {@code to} mean what {@code fd} means. */
  public static Fd duplicateTo(Fd fd, Fd to, boolean closeOnExec) {
    Native.call(
        Syscall.DUP3,
        fd + " to " + to,
        fd.number(),
        to.number(),
        closeOnExec ? FileAbi.O_CLOEXEC : 0);
    return to;
  }

  /** fcntl(2) with a number as argument. */
  public static long control(Fd fd, int command, long argument) {
    return Native.check(
        retry(Syscall.FCNTL, fd.number(), command, argument, 0),
        Syscall.FCNTL,
        fd + ", command " + command);
  }

  /** Access mode and status flags of the open file, F_GETFL. */
  public static int flags(Fd fd) {
    return (int) control(fd, FileAbi.F_GETFL, 0);
  }

  /** Changes O_APPEND, O_ASYNC, O_DIRECT, O_NOATIME and O_NONBLOCK, F_SETFL. */
  public static void setFlags(Fd fd, int flags) {
    control(fd, FileAbi.F_SETFL, flags);
  }

  public static boolean isCloseOnExec(Fd fd) {
    return (control(fd, FileAbi.F_GETFD, 0) & FileAbi.FD_CLOEXEC) != 0;
  }

  public static void setCloseOnExec(Fd fd, boolean on) {
    control(fd, FileAbi.F_SETFD, on ? FileAbi.FD_CLOEXEC : 0);
  }

  /**
   * lseek(2).
   *
   * @param whence SEEK_SET and so on
   * @return the new position
   */
  public static long seek(Fd fd, long offset, int whence) {
    return Native.call(Syscall.LSEEK, fd, fd.number(), offset, whence);
  }

  /** ftruncate(2). */
  public static void truncate(Fd fd, long size) {
    Native.call(Syscall.FTRUNCATE, fd, fd.number(), size, 0);
  }

  /** fsync(2). */
  public static void sync(Fd fd) {
    Native.call(Syscall.FSYNC, fd, fd.number(), 0, 0);
  }

  /** ioctl(2) whose argument is a number. */
  public static long ioctl(Fd fd, long request, long argument) {
    return Native.check(
        retry(Syscall.IOCTL, fd.number(), request, argument, 0),
        Syscall.IOCTL,
        fd + ", 0x" + Long.toHexString(request));
  }

  /** ioctl(2) whose argument is memory that the kernel reads and writes. */
  public static long ioctl(Fd fd, long request, byte[] inOut) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(Math.max(1, inOut.length), 8);
      MemorySegment.copy(inOut, 0, memory, JAVA_BYTE, 0, inOut.length);
      long result = ioctl(fd, request, memory.address());
      MemorySegment.copy(memory, JAVA_BYTE, 0, inOut, 0, inOut.length);
      return result;
    }
  }

  /** Bytes that can be read now from a pipe, socket, terminal or inotify queue: FIONREAD. */
  public static int available(Fd fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_INT);
      ioctl(fd, FileAbi.FIONREAD, out.address());
      return out.get(JAVA_INT, 0);
    }
  }

  /** flock(2). */
  public static void lock(Fd fd, int operation) {
    Native.check(
        retry(Syscall.FLOCK, fd.number(), operation, 0, 0), Syscall.FLOCK, fd + ", " + operation);
  }

  private static long retry(Syscall call, long a, long b, long c, long d) {
    long result;
    do {
      result = Kernel.call(call, a, b, c, d);
    } while (result == -Errno.EINTR.number());
    return result;
  }
}

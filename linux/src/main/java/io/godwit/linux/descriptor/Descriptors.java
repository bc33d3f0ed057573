package io.godwit.linux.descriptor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.godwit.core.Pid;
import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Syscall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** What every descriptor can do: be opened, fetched, looked at, moved, read, written, closed. */
public final class Descriptors {
  /** Flags of open(2). */
  public static final int O_RDONLY = 0;

  public static final int O_WRONLY = 1;
  public static final int O_RDWR = 2;
  public static final int O_ACCMODE = 3;
  public static final int O_CREAT = 0100;
  public static final int O_EXCL = 0200;
  public static final int O_NOCTTY = 0400;
  public static final int O_TRUNC = 01000;
  public static final int O_APPEND = 02000;
  public static final int O_NONBLOCK = 04000;
  public static final int O_DSYNC = 010000;
  public static final int O_ASYNC = 020000;
  public static final int O_DIRECT = 040000;
  public static final int O_LARGEFILE = 0100000;
  public static final int O_DIRECTORY = 0200000;
  public static final int O_NOFOLLOW = 0400000;
  public static final int O_NOATIME = 01000000;
  public static final int O_CLOEXEC = 02000000;
  public static final int O_PATH = 010000000;
  public static final int O_TMPFILE = 020000000 | O_DIRECTORY;

  /** Commands of fcntl(2). */
  public static final int F_SETFD = 2;

  public static final int F_GETFL = 3;
  public static final int F_SETFL = 4;
  public static final int F_SETOWN = 8;
  public static final int F_GETOWN = 9;
  public static final int F_SETSIG = 10;
  public static final int F_GETSIG = 11;
  public static final int F_DUPFD_CLOEXEC = 1030;
  public static final int F_ADD_SEALS = 1033;
  public static final int F_GET_SEALS = 1034;

  /** Origins of lseek(2). */
  public static final int SEEK_SET = 0;

  public static final int SEEK_CUR = 1;
  public static final int SEEK_DATA = 3;
  public static final int SEEK_HOLE = 4;

  private static final long AT_FDCWD = -100;
  private static final long AT_EMPTY_PATH = 0x1000;
  private static final int STAT_BYTES = 144;

  private Descriptors() {}

  /** Opens a file, close-on-exec; the path is this process's. */
  public static Fd open(String path, int flags, int mode) {
    try (Arena arena = Arena.ofConfined()) {
      long result =
          Kernel.call(
              Syscall.OPENAT,
              AT_FDCWD,
              arena.allocateFrom(path).address(),
              flags | O_CLOEXEC,
              mode);
      return new Fd((int) LinuxException.check(result, Syscall.OPENAT, path));
    }
  }

  /** A descriptor for a process, by which others are fetched; pidfd_open(2). */
  public static Fd ofProcess(Pid pid) {
    return new Fd((int) check(Kernel.call(Syscall.PIDFD_OPEN, pid.number(), 0), Syscall.PIDFD_OPEN, pid));
  }

  /** Brings a descriptor of another process here; both name the same open file; pidfd_getfd(2). */
  public static Fd fetch(Fd process, int number) {
    long result = Kernel.call(Syscall.PIDFD_GETFD, process.number(), number, 0);
    return new Fd((int) check(result, Syscall.PIDFD_GETFD, "fd " + number));
  }

  /** Closes; an error that close(2) reports is of an earlier write and is not repeated here. */
  public static void close(Fd fd) {
    Kernel.call(Syscall.CLOSE, fd.number());
  }

  /** Another descriptor of the same open file, close-on-exec. */
  public static Fd duplicate(Fd fd) {
    return new Fd((int) fcntl(fd, F_DUPFD_CLOEXEC, 3));
  }

  /** fcntl(2) with an integer argument. */
  public static long fcntl(Fd fd, int command, long argument) {
    long result = Kernel.call(Syscall.FCNTL, fd.number(), command, argument);
    return check(result, Syscall.FCNTL, fd + ", command " + command);
  }

  /** ioctl(2) with an integer or no argument. */
  public static long ioctl(Fd fd, long request, long argument) {
    long result = Kernel.call(Syscall.IOCTL, fd.number(), request, argument);
    return check(result, Syscall.IOCTL, fd + ", request 0x" + Long.toHexString(request));
  }

  /** ioctl(2) that fills an int. */
  public static int ioctlInt(Fd fd, long request) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(JAVA_INT);
      ioctl(fd, request, value.address());
      return value.get(JAVA_INT, 0);
    }
  }

  /** lseek(2). */
  public static long seek(Fd fd, long offset, int origin) {
    return check(Kernel.call(Syscall.LSEEK, fd.number(), offset, origin), Syscall.LSEEK, fd);
  }

  /** Where the next data (SEEK_DATA) or hole begins, or -1 where there is none after the offset. */
  public static long seekExtent(Fd fd, long offset, int origin) {
    long result = Kernel.call(Syscall.LSEEK, fd.number(), offset, origin);
    return result == -Errno.ENXIO.number() ? -1 : check(result, Syscall.LSEEK, fd);
  }

  /** fstat(2). */
  public static FileIdentity stat(Fd fd) {
    return stat(fd.number(), "", AT_EMPTY_PATH, fd.toString());
  }

  /** stat(2), following symbolic links. */
  public static FileIdentity stat(String path) {
    return stat(AT_FDCWD, path, 0, path);
  }

  private static FileIdentity stat(long directory, String path, long flags, String on) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(STAT_BYTES, 8);
      long result =
          Kernel.call(
              Syscall.NEWFSTATAT,
              directory,
              arena.allocateFrom(path).address(),
              buffer.address(),
              flags);
      check(result, Syscall.NEWFSTATAT, on);
      return new FileIdentity(
          buffer.get(JAVA_LONG, 0),
          buffer.get(JAVA_LONG, 8),
          buffer.get(JAVA_INT, 24),
          buffer.get(JAVA_LONG, 16),
          buffer.get(JAVA_LONG, 40),
          buffer.get(JAVA_LONG, 48),
          Math.addExact(
              Math.multiplyExact(buffer.get(JAVA_LONG, 88), 1_000_000_000L),
              buffer.get(JAVA_LONG, 96)));
    }
  }

  /** Reads at most {@code limit} bytes from where the file stands; empty at its end. */
  public static byte[] read(Fd fd, int limit) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(Math.max(limit, 1));
      long got = Kernel.call(Syscall.READ, fd.number(), buffer.address(), limit);
      check(got, Syscall.READ, fd);
      return buffer.asSlice(0, got).toArray(JAVA_BYTE);
    }
  }

  /** Reads at an offset, as much as there is, at most {@code limit} bytes. */
  public static byte[] readAt(Fd fd, long offset, int limit) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(Math.max(limit, 1));
      long total = 0;
      while (total < limit) {
        long got =
            Kernel.call(
                Syscall.PREAD64,
                fd.number(),
                buffer.address() + total,
                limit - total,
                offset + total);
        if (check(got, Syscall.PREAD64, fd) == 0) {
          break;
        }
        total += got;
      }
      return buffer.asSlice(0, total).toArray(JAVA_BYTE);
    }
  }

  /** Writes all of it; a file that takes less throws what it says, EAGAIN for a full pipe. */
  public static void write(Fd fd, byte[] data) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocateFrom(JAVA_BYTE, data);
      long total = 0;
      while (total < data.length) {
        long put =
            Kernel.call(Syscall.WRITE, fd.number(), buffer.address() + total, data.length - total);
        total += check(put, Syscall.WRITE, fd);
      }
    }
  }

  /** Writes all of it at an offset. */
  public static void writeAt(Fd fd, long offset, byte[] data) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocateFrom(JAVA_BYTE, data);
      long total = 0;
      while (total < data.length) {
        long put =
            Kernel.call(
                Syscall.PWRITE64,
                fd.number(),
                buffer.address() + total,
                data.length - total,
                offset + total);
        total += check(put, Syscall.PWRITE64, fd);
      }
    }
  }

  /** Sets the length of a file. */
  public static void truncate(Fd fd, long length) {
    check(Kernel.call(Syscall.FTRUNCATE, fd.number(), length), Syscall.FTRUNCATE, fd);
  }

  /** A file in memory, close-on-exec; memfd_create(2). */
  public static Fd memoryFile(String name, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      long result =
          Kernel.call(Syscall.MEMFD_CREATE, arena.allocateFrom(name).address(), flags | 1L);
      return new Fd((int) check(result, Syscall.MEMFD_CREATE, name));
    }
  }

  static long check(long result, Syscall call, Object on) {
    return result < 0 ? LinuxException.check(result, call, on.toString()) : result;
  }
}

package io.godwit.linux.descriptor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.godwit.linux.Fd;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Syscall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Contents of files as arrays, whole or by extent, and files that exist in memory alone. */
public final class FileBytes {
  private static final int MFD_CLOEXEC = 1;
  private static final int STATFS_BYTES = 120;

  private FileBytes() {}

  /** Where the next data (SEEK_DATA) or hole begins, or -1 where there is none after the offset. */
  public static long seekExtent(Fd fd, long offset, int origin) {
    long result = Kernel.call(Syscall.LSEEK, fd.number(), offset, origin);
    return result == -Errno.ENXIO.number() ? -1 : Calls.check(result, Syscall.LSEEK, fd);
  }

  /** Reads at most {@code limit} bytes from where the file stands; empty at its end. */
  public static byte[] read(Fd fd, int limit) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(Math.max(limit, 1));
      long got = Kernel.call(Syscall.READ, fd.number(), buffer.address(), limit);
      Calls.check(got, Syscall.READ, fd);
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
        if (Calls.check(got, Syscall.PREAD64, fd) == 0) {
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
        total += Calls.check(put, Syscall.WRITE, fd);
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
        total += Calls.check(put, Syscall.PWRITE64, fd);
      }
    }
  }

  /** A file in memory, close-on-exec; memfd_create(2). */
  public static Fd memoryFile(String name, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      long result =
          Kernel.call(
              Syscall.MEMFD_CREATE, arena.allocateFrom(name).address(), (long) flags | MFD_CLOEXEC);
      return new Fd((int) Calls.check(result, Syscall.MEMFD_CREATE, name));
    }
  }

  /** The type of the file system that a file lives in, f_type of statfs(2). */
  public static long fileSystemMagic(Fd fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(STATFS_BYTES, 8);
      Calls.check(Kernel.call(Syscall.FSTATFS, fd.number(), buffer.address()), Syscall.FSTATFS, fd);
      return buffer.get(JAVA_LONG, 0);
    }
  }
}

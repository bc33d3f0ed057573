package io.godwit.linux.launch;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Syscall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Calls on descriptors of this process: pipes, terminals and files whose descriptors are numbers
 * and not Java channels. All are close-on-exec.
 */
public final class FdCalls {
  public static final int O_RDONLY = 0;
  public static final int O_WRONLY = 1;
  public static final int O_RDWR = 2;
  public static final int O_NOCTTY = 0x100;
  public static final int O_APPEND = 0x400;
  public static final int O_NONBLOCK = 0x800;
  private static final int O_CLOEXEC = 0x80000;

  public static final int POLLIN = 1;
  public static final int POLLOUT = 4;
  public static final int POLLERR = 8;
  public static final int POLLHUP = 16;

  /** What {@link #read} gives where a descriptor that does not block has nothing. */
  public static final int NOTHING = -1;

  private static final int AT_FDCWD = -100;
  private static final int F_DUPFD = 0;
  private static final int F_DUPFD_CLOEXEC = 1030;
  private static final int F_GETFL = 3;
  private static final int F_SETFL = 4;
  private static final int F_SETPIPE_SZ = 1031;
  private static final int F_GETPIPE_SZ = 1032;
  private static final int SPLICE_F_NONBLOCK = 2;

  private FdCalls() {}

  /** The two ends of a pipe. */
  public record Pipe(Fd read, Fd write) implements AutoCloseable {
    @Override
    public void close() {
      FdCalls.close(read);
      FdCalls.close(write);
    }
  }

  /** A descriptor and what to wait for (POLLIN, POLLOUT). */
  public record Interest(Fd fd, int events) {}

  public static Pipe pipe() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ends = arena.allocate(JAVA_INT, 2);
      checked(Kernel.call(Syscall.PIPE2, ends.address(), O_CLOEXEC), Syscall.PIPE2, "");
      return new Pipe(new Fd(ends.get(JAVA_INT, 0)), new Fd(ends.get(JAVA_INT, 4)));
    }
  }

  /** Opens a path, close-on-exec. */
  public static Fd open(String path, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      long result =
          Kernel.call(
              Syscall.OPENAT, AT_FDCWD, arena.allocateFrom(path).address(), flags | O_CLOEXEC, 0);
      return fd(result, Syscall.OPENAT, path);
    }
  }

  /** Opens what a descriptor refers to anew: a pipe's other end, for example. */
  public static Fd reopen(Fd fd, int flags) {
    return open("/proc/self/fd/" + fd.number(), flags);
  }

  public static void close(Fd fd) {
    Kernel.call(Syscall.CLOSE, fd.number());
  }

  /** Makes {@code target} a copy of {@code source}, closing what it was, in one step. */
  public static void replace(Fd source, Fd target) {
    checked(
        Kernel.call(Syscall.DUP3, source.number(), target.number(), O_CLOEXEC),
        Syscall.DUP3,
        source + " to " + target);
  }

  /** A file without a name that holds the content, its position at the start. */
  public static Fd memoryFile(String name, byte[] content) {
    try (Arena arena = Arena.ofConfined()) {
      long created = Kernel.call(Syscall.MEMFD_CREATE, arena.allocateFrom(name).address(), 1);
      Fd file = fd(created, Syscall.MEMFD_CREATE, name);
      writeFully(file, content);
      return file;
    }
  }

  /** A copy of a descriptor with a number of at least {@code lowest}. */
  static Fd duplicate(Fd fd, int lowest, boolean closeOnExec, boolean closeOriginal) {
    long copy =
        Kernel.call(Syscall.FCNTL, fd.number(), closeOnExec ? F_DUPFD_CLOEXEC : F_DUPFD, lowest);
    if (closeOriginal) {
      close(fd);
    }
    return fd(copy, Syscall.FCNTL, fd + " F_DUPFD");
  }

  /**
   * Reads once.
   *
   * @return bytes read, 0 at the end of the stream, {@link #NOTHING} where there is nothing yet
   */
  public static int read(Fd fd, byte[] into) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(Math.max(1, into.length));
      long count;
      do {
        count = Kernel.call(Syscall.READ, fd.number(), buffer.address(), into.length);
      } while (count == -Errno.EINTR.number());
      if (count == -Errno.EAGAIN.number()) {
        return NOTHING;
      }
      checked(count, Syscall.READ, fd.toString());
      MemorySegment.copy(buffer, JAVA_BYTE, 0, into, 0, (int) count);
      return (int) count;
    }
  }

  /**
   * Writes once.
   *
   * @return bytes written, or {@link #NOTHING} where the descriptor takes none without blocking
   */
  public static int write(Fd fd, byte[] from, int offset, int length) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(Math.max(1, length));
      MemorySegment.copy(from, offset, buffer, JAVA_BYTE, 0, length);
      long count;
      do {
        count = Kernel.call(Syscall.WRITE, fd.number(), buffer.address(), length);
      } while (count == -Errno.EINTR.number());
      return count == -Errno.EAGAIN.number()
          ? NOTHING
          : (int) checked(count, Syscall.WRITE, fd.toString());
    }
  }

  static void writeFully(Fd fd, byte[] content) {
    int done = 0;
    while (done < content.length) {
      int count = write(fd, content, done, content.length - done);
      if (count <= 0) {
        throw new LinuxException(Errno.EAGAIN.number(), Syscall.WRITE, fd.toString());
      }
      done += count;
    }
  }

  /** Waits until one of them is ready; the answer has the events of each, in order. */
  public static int[] poll(List<Interest> interests, int timeoutMillis) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment table = arena.allocate(8L * Math.max(1, interests.size()), 8);
      for (int i = 0; i < interests.size(); i++) {
        table.set(JAVA_INT, 8L * i, interests.get(i).fd().number());
        table.set(JAVA_SHORT, 8L * i + 4, (short) interests.get(i).events());
      }
      long result = Kernel.call(Syscall.POLL, table.address(), interests.size(), timeoutMillis);
      int[] events = new int[interests.size()];
      if (result == -Errno.EINTR.number()) {
        return events;
      }
      checked(result, Syscall.POLL, interests.toString());
      for (int i = 0; i < events.length; i++) {
        events[i] = table.get(JAVA_SHORT, 8L * i + 6);
      }
      return events;
    }
  }

  /** Makes reads and writes of this open description return instead of wait, or wait again. */
  public static void nonBlocking(Fd fd, boolean on) {
    long flags = Kernel.call(Syscall.FCNTL, fd.number(), F_GETFL);
    checked(flags, Syscall.FCNTL, fd + " F_GETFL");
    long wanted = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
    checked(Kernel.call(Syscall.FCNTL, fd.number(), F_SETFL, wanted), Syscall.FCNTL, "F_SETFL");
  }

  /** Bytes that a pipe can hold. */
  public static int pipeCapacity(Fd pipe) {
    long size = Kernel.call(Syscall.FCNTL, pipe.number(), F_GETPIPE_SZ);
    return (int) checked(size, Syscall.FCNTL, pipe + " F_GETPIPE_SZ");
  }

  /** Lets a pipe hold at least so many bytes. */
  public static void pipeCapacity(Fd pipe, int bytes) {
    long result = Kernel.call(Syscall.FCNTL, pipe.number(), F_SETPIPE_SZ, bytes);
    checked(result, Syscall.FCNTL, pipe + " F_SETPIPE_SZ " + bytes);
  }

  /**
   * Copies what is in a pipe without taking it out, tee(2).
   *
   * @return bytes copied; 0 where the pipe is empty
   */
  public static int tee(Fd from, Fd to, int atMost) {
    long count = Kernel.call(Syscall.TEE, from.number(), to.number(), atMost, SPLICE_F_NONBLOCK);
    return count == -Errno.EAGAIN.number()
        ? 0
        : (int) checked(count, Syscall.TEE, from + " to " + to);
  }

  /** An event counter for waking a thread that waits in {@link #poll}. */
  public static Fd wakeUp() {
    return fd(Kernel.call(Syscall.EVENTFD2, 0, O_CLOEXEC | O_NONBLOCK), Syscall.EVENTFD2, "");
  }

  static Fd fd(long result, Syscall call, String on) {
    return new Fd((int) checked(result, call, on));
  }

  static long checked(long result, Syscall call, String on) {
    return LinuxException.check(result, call, on);
  }
}

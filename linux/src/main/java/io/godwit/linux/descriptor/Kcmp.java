package io.godwit.linux.descriptor;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.godwit.core.Pid;
import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Syscall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * kcmp(2): whether two processes (or threads) share a kernel object. The kernel orders unequal
 * objects consistently until the next boot, so that many of them can be sorted instead of compared
 * pair by pair.
 */
public final class Kcmp {
  private static final int KCMP_FILE = 0;
  private static final int KCMP_EPOLL_TFD = 7;

  /** What two tasks can share as a whole. */
  public enum Shared {
    MEMORY(1),
    DESCRIPTOR_TABLE(2),
    FILE_SYSTEM_CONTEXT(3),
    SIGNAL_ACTIONS(4),
    IO_CONTEXT(5),
    SEMAPHORE_UNDO(6);

    private final int type;

    Shared(int type) {
      this.type = type;
    }
  }

  private Kcmp() {}

  /** Compares two open files by descriptor: 0 the same open file, else their order. */
  public static int compareFiles(int firstTask, int firstFd, int secondTask, int secondFd) {
    return order(
        Kernel.call(Syscall.KCMP, firstTask, secondTask, KCMP_FILE, firstFd, secondFd, 0),
        firstTask + " fd " + firstFd + ", " + secondTask + " fd " + secondFd);
  }

  /** Whether two tasks share the object. */
  public static boolean same(Shared what, int firstTask, int secondTask) {
    return order(
            Kernel.call(Syscall.KCMP, firstTask, secondTask, what.type, 0, 0, 0),
            firstTask + ", " + secondTask + ", " + what)
        == 0;
  }

  /**
   * Whether the file that an epoll instance watches under a number is the open file that a
   * descriptor of a process names.
   *
   * @param watched the number under which the file was added
   * @param ordinal which of several watched files of that number, from 0
   * @return false too where the instance watches no such number
   */
  public static boolean watches(
      Pid holder, int fd, Pid epollHolder, int epollFd, int watched, int ordinal) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment slot = arena.allocate(JAVA_INT, 3);
      slot.setAtIndex(JAVA_INT, 0, epollFd);
      slot.setAtIndex(JAVA_INT, 1, watched);
      slot.setAtIndex(JAVA_INT, 2, ordinal);
      long result =
          Kernel.call(
              Syscall.KCMP,
              holder.number(),
              epollHolder.number(),
              KCMP_EPOLL_TFD,
              fd,
              slot.address(),
              0);
      if (result == -Errno.ENOENT.number() || result == -Errno.EBADF.number()) {
        return false;
      }
      return order(result, epollHolder + " epoll fd " + epollFd) == 0;
    }
  }

  /** 0 equal, 1 less, 2 greater, as kcmp(2) says; 3 would be unequal without an order. */
  private static int order(long result, String on) {
    return switch ((int) LinuxException.check(result, Syscall.KCMP, on)) {
      case 0 -> 0;
      case 1 -> -1;
      default -> 1;
    };
  }
}

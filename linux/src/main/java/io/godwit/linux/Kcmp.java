package io.godwit.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.godwit.core.Tid;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.abi.TaskAbi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Whether two tasks share a kernel object: kcmp(2). The results order objects, so that many can be
 * sorted and equal ones found with n log n calls.
 */
public final class Kcmp {
  private Kcmp() {}

  /** What can be compared without an index. */
  public enum Kind {
    ADDRESS_SPACE(TaskAbi.KCMP_VM),
    DESCRIPTOR_TABLE(TaskAbi.KCMP_FILES),
    FILE_SYSTEM_INFO(TaskAbi.KCMP_FS),
    SIGNAL_HANDLERS(TaskAbi.KCMP_SIGHAND),
    IO_CONTEXT(TaskAbi.KCMP_IO),
    SEMAPHORE_UNDO(TaskAbi.KCMP_SYSVSEM);

    private final int number;

    Kind(int number) {
      this.number = number;
    }
  }

  /** 0 for the same object, else which comes first: negative or positive. */
  public static int compare(Tid first, Tid second, Kind kind) {
    return order(first, second, kind.number, 0, 0);
  }

  public static boolean same(Tid first, Tid second, Kind kind) {
    return compare(first, second, kind) == 0;
  }

  /** Compares two open files: 0 where both descriptors share position and flags. */
  public static int compareFiles(Tid first, Fd firstFd, Tid second, Fd secondFd) {
    return order(first, second, TaskAbi.KCMP_FILE, firstFd.number(), secondFd.number());
  }

  /**
   * Compares a descriptor with what an epoll instance watches.
   *
   * @param epoll the instance in {@code owner}
   * @param target the number under which it was added
   * @param occurrence counted from 0, when several files were added under one number
   */
  public static int compareWithEpollTarget(
      Tid task, Fd fd, Tid owner, Fd epoll, int target, int occurrence) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment slot = arena.allocate(TaskAbi.KCMP_SLOT);
      slot.set(JAVA_INT, 0, epoll.number());
      slot.set(JAVA_INT, 4, target);
      slot.set(JAVA_INT, 8, occurrence);
      return order(task, owner, TaskAbi.KCMP_EPOLL_TFD, fd.number(), slot.address());
    }
  }

  private static int order(Tid first, Tid second, int kind, long a, long b) {
    int result =
        (int)
            Native.check(
                Kernel.call(Syscall.KCMP, first.number(), second.number(), kind, a, b, 0),
                Syscall.KCMP,
                first + ", " + second + ", " + kind);
    return switch (result) {
      case 0 -> 0;
      case 1 -> -1;
      // 2 is "greater"; 3 is "not equal, order unknown".
      default -> 1;
    };
  }
}

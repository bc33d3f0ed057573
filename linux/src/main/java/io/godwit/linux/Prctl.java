package io.godwit.linux;

import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.abi.TaskAbi;

/** prctl(2) for the calling thread or its process. */
public final class Prctl {
  private Prctl() {}

  /** Any operation with numbers as arguments. */
  public static long call(int operation, long a, long b, long c, long d) {
    return Native.check(
        Kernel.call(Syscall.PRCTL, operation, a, b, c, d, 0), Syscall.PRCTL, operation);
  }

  /** Orphans below this process become its children instead of init's. */
  public static void setChildSubreaper(boolean on) {
    call(TaskAbi.PR_SET_CHILD_SUBREAPER, on ? 1 : 0, 0, 0, 0);
  }

  /** 0 no, 1 yes, 2 for root only. */
  public static int dumpable() {
    return (int) call(TaskAbi.PR_GET_DUMPABLE, 0, 0, 0, 0);
  }
}

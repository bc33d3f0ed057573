package io.godwit.linux.abi;

/** A status as wait4(2) stores it, with the ptrace extensions of its upper bits. */
public record WaitStatus(int raw) {
  private static final int STOPPED = 0x7f;
  private static final int SIGNAL_MASK = 0x7f;

  public static final int WNOHANG = 1;
  public static final int WALL = 0x40000000;
  public static final int WNOTHREAD = 0x20000000;

  public boolean exited() {
    return (raw & SIGNAL_MASK) == 0;
  }

  public int exitCode() {
    return (raw >> 8) & 0xff;
  }

  public boolean signaled() {
    int low = raw & SIGNAL_MASK;
    return low != 0 && low != STOPPED;
  }

  public int terminatingSignal() {
    return raw & SIGNAL_MASK;
  }

  public boolean stopped() {
    return (raw & 0xff) == STOPPED;
  }

  /** The signal of the stop; 0x80 is set for system call stops under O_TRACESYSGOOD. */
  public int stopSignal() {
    return (raw >> 8) & 0xff;
  }

  /** The PTRACE_EVENT_ number, or 0. */
  public int event() {
    return raw >> 16;
  }

  public boolean isSyscallStop() {
    return stopped() && stopSignal() == (Signals.SIGTRAP | 0x80);
  }

  /** Whether it may be the stop behind PTRACE_SINGLESTEP. */
  public boolean isStep() {
    return stopped() && event() == 0 && stopSignal() == Signals.SIGTRAP;
  }

  public boolean isEventStop() {
    return stopped() && event() == Ptrace.EVENT_STOP;
  }

  @Override
  public String toString() {
    if (exited()) {
      return "exited with " + exitCode();
    }
    if (signaled()) {
      return "killed by signal " + terminatingSignal();
    }
    return "stopped by signal " + stopSignal() + (event() == 0 ? "" : ", event " + event());
  }
}

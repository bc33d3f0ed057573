package io.godwit.linux.proc;

/** How much is read of /proc at most. */
public final class ProcLimits {
  /** Bytes of an ordinary file of a task or the machine. */
  public static final int FILE_BYTES = 4 << 20;

  /** Bytes of maps, smaps, timer_list, net/unix and net/tcp, which grow with the machine. */
  public static final int LARGE_FILE_BYTES = 512 << 20;

  /** Bytes of cmdline and environ; the kernel allows a quarter of the stack limit. */
  public static final int ARGUMENT_BYTES = 64 << 20;

  /** Lines of any file. */
  public static final int LINES = 8_000_000;

  private ProcLimits() {}
}

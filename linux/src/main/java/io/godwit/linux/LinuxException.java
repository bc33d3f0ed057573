package io.godwit.linux;

import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.Syscall;

/**
 * A system call that failed: which, on what, and errno. Callers that expect a certain errno ask
 * {@link #is(Errno)}; rooms above turn the rest into a GodwitException that says what the user was
 * doing.
 */
public final class LinuxException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int errno;
  private final Syscall call;

  /**
   * @param errno the positive error number
   * @param on the arguments in words, for example {@code "/proc/12/mem"} or {@code "PTRACE_SEIZE
   *     12"}
   */
  public LinuxException(int errno, Syscall call, String on) {
    super(call.manualName() + "(" + on + "): " + describe(errno));
    this.errno = errno;
    this.call = call;
  }

  /** The positive error number. */
  public int errno() {
    return errno;
  }

  public Syscall call() {
    return call;
  }

  public boolean is(Errno expected) {
    return errno == expected.number();
  }

  /** Gives back the result of a call, or throws when it is -errno. */
  public static long check(long result, Syscall call, String on) {
    if (result < 0 && result >= -4095) {
      throw new LinuxException((int) -result, call, on);
    }
    return result;
  }

  private static String describe(int number) {
    Errno errno = Errno.of(number);
    return errno == null ? "errno " + number : errno.name() + " (" + errno.text() + ")";
  }
}

package io.godwit.linux.descriptor;

import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.Syscall;

/** What the calls of this package share. */
final class Calls {
  private Calls() {}

  /** The result of a call, or a LinuxException; words are made only for a failure. */
  static long check(long result, Syscall call, Object on) {
    return result < 0 ? LinuxException.check(result, call, on.toString()) : result;
  }
}

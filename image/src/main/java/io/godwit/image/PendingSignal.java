package io.godwit.image;

/**
 * A signal that is queued but not delivered, as PTRACE_PEEKSIGINFO gives it and rt_sigqueueinfo(2)
 * takes it back.
 *
 * @param siginfo the kernel's siginfo_t, {@value ImageLimits#SIGINFO_BYTES} bytes
 */
public record PendingSignal(Bytes siginfo) {
  public PendingSignal {
    Require.size(siginfo, ImageLimits.SIGINFO_BYTES, ImageLimits.SIGINFO_BYTES, "a siginfo");
  }

  /** The signal's number, si_signo. */
  public int signal() {
    return siginfo.asBuffer().getInt(0);
  }
}

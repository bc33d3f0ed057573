package io.godwit.image;

/**
 * What a process does on one signal (rt_sigaction(2)). Signals that are not listed have the default
 * action.
 *
 * @param handler the address, or 0 for SIG_DFL and 1 for SIG_IGN
 * @param flags SA_*
 * @param restorer the address of the return trampoline, 0 for none
 */
public record SignalAction(int signal, long handler, long flags, long restorer, SignalSet mask) {
  public SignalAction {
    Require.range(signal, 1, ImageLimits.MAX_SIGNAL, "a signal");
  }
}

package io.godwit.image;

/**
 * A set of signals as the kernel's 64-bit sigset_t: bit 0 is signal 1.
 *
 * @param bits may be negative: signal 64 is the highest bit
 */
public record SignalSet(long bits) {
  /** No signal. */
  public static final SignalSet EMPTY = new SignalSet(0);

  public boolean contains(int signal) {
    Require.range(signal, 1, ImageLimits.MAX_SIGNAL, "a signal");
    return (bits >>> (signal - 1) & 1) != 0;
  }

  public boolean isEmpty() {
    return bits == 0;
  }

  @Override
  public String toString() {
    return "%016x".formatted(bits);
  }
}

package io.godwit.policy.transfer;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * When precopy stops sending what was rewritten and freezes the process: as soon as the rest would
 * go within the freeze that is allowed, or when more rounds cannot help. It weighs the rate at
 * which pages are rewritten against the rate of the link.
 *
 * @param maxFreezeNanos the freeze that is aimed at
 * @param maxRounds rounds after which the process is frozen in any case
 * @param maxBytesFactor bytes sent, in multiples of the address space, after which it is frozen
 * @param leastProgress a round has to shrink the rest by at least this share, twice in a row
 *     failing ends the rounds
 */
public record StopRule(
    long maxFreezeNanos, int maxRounds, double maxBytesFactor, double leastProgress) {

  /** Aims at 20 ms, with at most 16 rounds and three times the memory. */
  public static final StopRule DEFAULT = new StopRule(20_000_000L, 16, 3.0, 0.1);

  public StopRule {
    if (maxFreezeNanos <= 0 || maxRounds < 1 || !(maxBytesFactor > 0) || !(leastProgress >= 0)) {
      throw new IllegalArgumentException("not a stop rule: " + maxRounds + " rounds");
    }
  }

  /** The same for another freeze that is aimed at. */
  public StopRule within(long freezeNanos) {
    return new StopRule(freezeNanos, maxRounds, maxBytesFactor, leastProgress);
  }

  /**
   * What is known after a round.
   *
   * @param round rounds made
   * @param dirtyBytes rewritten since the last scan: what a freeze now would have to send
   * @param previousDirtyBytes the same one round earlier
   * @param sentBytes in all rounds
   * @param residentBytes the address space
   * @param linkBytesPerSecond as measured in the last round
   * @param dirtyBytesPerSecond rate of rewriting in the last round
   * @param stalled rounds in a row without enough progress
   */
  public record Progress(
      int round,
      long dirtyBytes,
      long previousDirtyBytes,
      long sentBytes,
      long residentBytes,
      double linkBytesPerSecond,
      double dirtyBytesPerSecond,
      int stalled) {}

  /** Why to freeze now, or null for another round. */
  public @Nullable String stop(Progress now) {
    double freezeNanos = now.dirtyBytes() / Math.max(1, now.linkBytesPerSecond()) * 1e9;
    if (freezeNanos <= maxFreezeNanos) {
      return String.format(
          Locale.ROOT,
          "the rest of %d bytes goes in %.1f ms, within %.1f ms",
          now.dirtyBytes(),
          freezeNanos / 1e6,
          maxFreezeNanos / 1e6);
    }
    if (now.round() >= maxRounds) {
      return "round " + now.round() + " was the last allowed";
    }
    if (now.sentBytes() > maxBytesFactor * now.residentBytes()) {
      return "more than " + maxBytesFactor + " times the address space has been sent";
    }
    if (now.round() > 1 && now.dirtyBytesPerSecond() >= now.linkBytesPerSecond()) {
      return String.format(
          Locale.ROOT,
          "it writes %.0f MB/s and the link takes %.0f MB/s",
          now.dirtyBytesPerSecond() / 1e6,
          now.linkBytesPerSecond() / 1e6);
    }
    if (now.stalled() >= 2) {
      return "the last two rounds brought less than "
          + Math.round(leastProgress * 100)
          + " % progress";
    }
    return null;
  }
}

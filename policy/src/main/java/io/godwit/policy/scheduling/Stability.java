package io.godwit.policy.scheduling;

import io.godwit.policy.load.ProcessLoad;
import org.jspecify.annotations.Nullable;

/**
 * What keeps processes from being moved back and forth (survey section 2.8 and the last column of
 * table 8).
 *
 * @param minResidencyNanos a process stays at least this long after a move (MOSIX)
 * @param minAdvantage least difference in stretch between here and there, the migrant counted
 * @param maxMoves moves of one process within the window that its node counts (Mach's limit)
 * @param backoffNanos a node that refused or failed is left alone for this long
 * @param maxRecordAgeNanos a node last heard of longer ago is not used
 */
public record Stability(
    long minResidencyNanos,
    double minAdvantage,
    int maxMoves,
    long backoffNanos,
    long maxRecordAgeNanos) {

  /** For a cluster of today: a second of residency, and the least difference that helps. */
  public static final Stability DEFAULT =
      new Stability(1_000_000_000L, 0.05, 8, 2_000_000_000L, 60_000_000_000L);

  /** No care at all, for studies of what care is worth. */
  public static final Stability NONE = new Stability(0, 0, Integer.MAX_VALUE, 0, Long.MAX_VALUE);

  /** Why a process must stay where it is, or null. */
  public @Nullable Rejection holds(ProcessLoad process) {
    if (process.moves() > 0 && process.residencyNanos() < minResidencyNanos) {
      return Rejection.of(
          process.key(),
          Rejection.Cause.RESIDENCY,
          "came %.2f s ago and stays for at least %.2f s",
          process.residencyNanos() / 1e9,
          minResidencyNanos / 1e9);
    }
    if (process.moves() >= maxMoves) {
      return Rejection.of(
          process.key(),
          Rejection.Cause.MOVE_LIMIT,
          "has moved %d times lately; the limit is %d",
          process.moves(),
          maxMoves);
    }
    return null;
  }
}

package io.godwit.simulator;

/** Counts and sums of one run. */
final class Tally {
  /** A process that is back within this time where it left has thrashed. */
  static final long THRASH_NANOS = 10_000_000_000L;

  /** Works shorter than this count as this long for the slowdown: the clock of traces is coarse. */
  private static final double LEAST_WORK_NANOS = 5e6;

  long finished;
  long placements;
  long migrations;
  long refusals;
  long evictions;
  long migratedBytes;
  long messages;
  long messageBytes;
  long thrashes;
  long restarts;
  long mostMoves;
  private double delaySeconds;
  private double responseSeconds;
  private double slowdown;
  private double slowdownSquares;
  private long slowedOver3;
  private double ageSeconds;
  private long ages;
  private long guestMillis;
  private long guestStays;

  void finished(SimProcess process, long nowNanos) {
    double response = nowNanos - process.arrivalNanos;
    double work = Math.max(process.workNanos, LEAST_WORK_NANOS);
    double slowed = Math.max(1, response / work);
    finished++;
    delaySeconds += Math.max(0, response - process.workNanos) / 1e9;
    responseSeconds += response / 1e9;
    slowdown += slowed;
    slowdownSquares += slowed * slowed;
    if (slowed > 3) {
      slowedOver3++;
    }
    mostMoves = Math.max(mostMoves, process.moves);
  }

  void informationAge(long nanos) {
    ageSeconds += nanos / 1e9;
    ages++;
  }

  /** A guest was on a node for so long after its owner had come back. */
  void guestStayed(long nanos) {
    guestMillis += nanos / 1_000_000;
    guestStays++;
  }

  Result result(String policy, SimulationOptions options, long nodes, long unfinished, long nanos) {
    double n = Math.max(1, finished);
    double mean = slowdown / n;
    double seconds = Math.max(1e-9, nanos / 1e9);
    return new Result(
        policy,
        finished,
        unfinished,
        delaySeconds / n,
        responseSeconds / n,
        mean,
        Math.sqrt(Math.max(0, slowdownSquares / n - mean * mean)),
        slowedOver3 / n,
        placements,
        migrations,
        refusals,
        evictions,
        guestStays == 0 ? 0 : guestMillis / 1000.0 / guestStays,
        migratedBytes,
        messages,
        messageBytes / seconds / nodes,
        ages == 0 ? 0 : ageSeconds / ages,
        migrations / n,
        mostMoves,
        thrashes,
        restarts,
        options.seed());
  }
}

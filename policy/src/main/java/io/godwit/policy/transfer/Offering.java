package io.godwit.policy.transfer;

/**
 * Whether pages are offered to a destination that keeps a copy of an earlier visit, or sent at
 * once. An offer is a digest for each page, and saves the pages that the destination holds. Where
 * it holds few of them and hashing costs more time than the sending that it saves, they are sent.
 * Judged window by window; after some that were not offered one is offered again to see whether
 * that has changed.
 */
public final class Offering {
  /** Windows that are sent before one is offered again. */
  public static final int PROBE_EVERY = 16;

  /** Hashing that costs at most this share of the sending is done whatever comes of it. */
  private static final double CHEAP = 0.05;

  /** Where the destination holds at least this share, its bytes are saved whatever that costs. */
  private static final double MOST = 0.5;

  /** The weight of what was measured last. */
  private static final double WEIGHT = 0.5;

  private final double leastSend;
  private double hash;
  private double send;
  private double share = 1;
  private boolean offered;
  private boolean sent;
  private int passedOver;

  /**
   * Begins with an offer.
   *
   * @param bytesPerSecond what may be sent at most; 0 is no limit
   */
  public Offering(long bytesPerSecond) {
    this.leastSend = bytesPerSecond == 0 ? 0 : 1e9 / bytesPerSecond;
  }

  /**
   * A window was offered.
   *
   * @param bytes in it
   * @param heldBytes what the destination had of them
   * @param hashNanos what the digests took
   */
  public void offered(long bytes, long heldBytes, long hashNanos) {
    hash = mean(offered, hash, (double) hashNanos / bytes);
    share = mean(offered, share, (double) heldBytes / bytes);
    offered = true;
  }

  /** Pages were sent, within so much time. */
  public void sent(long bytes, long nanos) {
    if (bytes > 0) {
      send = mean(sent, send, (double) nanos / bytes);
      sent = true;
    }
  }

  private static double mean(boolean before, double old, double now) {
    return before ? old * (1 - WEIGHT) + now * WEIGHT : now;
  }

  /** Whether to offer the next window; ask once for each. */
  public boolean offersNext() {
    double cost = Math.max(send, leastSend);
    boolean pays = !offered || share >= MOST || hash < Math.max(share, CHEAP) * cost;
    passedOver = pays || passedOver >= PROBE_EVERY ? 0 : passedOver + 1;
    return passedOver == 0;
  }
}

package io.godwit.policy.load;

/**
 * A load averaged over time, so that a peak of a moment moves nobody (survey section 2.7: averaged
 * "in order to prevent instability"). Samples may come at uneven times; the weight of what was
 * halves every half-life.
 */
public final class LoadAverage {
  private final double halfLifeNanos;
  private double value;
  private long lastNanos;
  private boolean started;

  public LoadAverage(long halfLifeNanos) {
    if (halfLifeNanos <= 0) {
      throw new IllegalArgumentException("a half-life is positive, not " + halfLifeNanos);
    }
    this.halfLifeNanos = halfLifeNanos;
  }

  /** Takes a sample that held since the last one and returns the average. */
  public double sample(double now, long nowNanos) {
    if (!started) {
      started = true;
      value = now;
    } else {
      double kept = Math.exp(-Math.log(2) * Math.max(0, nowNanos - lastNanos) / halfLifeNanos);
      value = value * kept + now * (1 - kept);
    }
    lastNanos = nowNanos;
    return value;
  }

  /** The average at the last sample. */
  public double value() {
    return value;
  }
}

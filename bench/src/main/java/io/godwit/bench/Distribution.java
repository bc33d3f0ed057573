package io.godwit.bench;

import java.util.Arrays;

/** Sorted measurements of one kind, in one unit. */
public final class Distribution {
  private final double[] sorted;

  /** Of measurements in any order. */
  public Distribution(double[] measurements) {
    if (measurements.length == 0) {
      throw new IllegalArgumentException("no measurement was taken");
    }
    sorted = measurements.clone();
    Arrays.sort(sorted);
  }

  public double median() {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** The smallest measurement that at least this share of all do not exceed. */
  public double quantile(double share) {
    int rank = (int) Math.ceil(share * sorted.length);
    return sorted[Math.clamp(rank - 1, 0, sorted.length - 1)];
  }

  public double max() {
    return sorted[sorted.length - 1];
  }
}

package io.godwit.policy.scheduling;

import io.godwit.core.NodeId;
import io.godwit.policy.load.ProcessLoad;
import java.util.HashMap;
import java.util.Map;

/**
 * Cost as f + bytes / b, with f and b fitted to the migrations that were made: a least-squares line
 * through the observations, older ones counting less. Each destination has its own line once it has
 * enough observations; until then the line of all destinations holds, and before any the given
 * start.
 */
public final class MeasuredCost implements CostEstimator {
  private static final int ENOUGH = 4;
  private static final double KEPT = 0.95;
  private static final int MOST_NODES = 4096;

  private final long startFixedNanos;
  private final double startBytesPerSecond;
  private final Line all = new Line();
  private final Map<NodeId, Line> perNode = new HashMap<>();

  /**
   * @param startFixedNanos f before anything was measured
   * @param startBytesPerSecond b before anything was measured
   */
  public MeasuredCost(long startFixedNanos, double startBytesPerSecond) {
    this.startFixedNanos = startFixedNanos;
    this.startBytesPerSecond = startBytesPerSecond;
  }

  @Override
  public long costNanos(ProcessLoad process, NodeId to) {
    Line line = perNode.get(to);
    if (line == null || line.count < ENOUGH) {
      line = all;
    }
    double b = line.bytesPerSecond(startBytesPerSecond);
    double f = line.fixedNanos((double) startFixedNanos, b);
    // What it rewrites while the rest is on its way has to go again.
    double again = Math.min(0.9, process.dirtyBytesPerSecond() / b);
    return (long) (f + process.memoryBytes() / b * 1e9 / (1 - again));
  }

  @Override
  public void observe(NodeId to, long bytes, long nanos) {
    all.add((double) bytes, (double) nanos);
    if (perNode.size() < MOST_NODES || perNode.containsKey(to)) {
      perNode.computeIfAbsent(to, node -> new Line()).add((double) bytes, (double) nanos);
    }
  }

  /** Weighted sums of a line nanos = f + bytes / b. */
  private static final class Line {
    private double weight;
    private double x;
    private double y;
    private double xx;
    private double xy;
    private int count;

    void add(double bytes, double nanos) {
      weight = weight * KEPT + 1;
      x = x * KEPT + bytes;
      y = y * KEPT + nanos;
      xx = xx * KEPT + bytes * bytes;
      xy = xy * KEPT + bytes * nanos;
      count++;
    }

    double bytesPerSecond(double otherwise) {
      double spread = weight * xx - x * x;
      double slope = weight * xy - x * y;
      // Without a spread in size, or with a slope that says "more bytes are faster", b is unknown.
      if (count < ENOUGH || spread <= 1e-9 * weight * xx || slope <= 0) {
        return otherwise;
      }
      return spread / slope * 1e9;
    }

    double fixedNanos(double otherwise, double bytesPerSecond) {
      return count == 0 ? otherwise : Math.max(0, (y - x / bytesPerSecond * 1e9) / weight);
    }
  }
}

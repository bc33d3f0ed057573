package io.godwit.policy.scheduling;

import io.godwit.core.NodeId;
import io.godwit.policy.load.ProcessLoad;

/** Cost as f + bytes / b with known f and b. */
public record FixedCost(long fixedNanos, double bytesPerSecond) implements CostEstimator {
  @Override
  public long costNanos(ProcessLoad process, NodeId to) {
    return fixedNanos + (long) (process.memoryBytes() / bytesPerSecond * 1e9);
  }

  @Override
  public void observe(NodeId to, long bytes, long nanos) {
    // Known beforehand: nothing to learn.
  }
}

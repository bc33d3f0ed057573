package io.godwit.policy.scheduling;

import io.godwit.core.NodeId;
import io.godwit.policy.load.ProcessLoad;

/** What a migration is expected to cost the process. */
public interface CostEstimator {
  /** Nanoseconds for which moving the process there would keep it from its work. */
  long costNanos(ProcessLoad process, NodeId to);

  /** Learns from a migration that has been made. */
  void observe(NodeId to, long bytes, long nanos);
}

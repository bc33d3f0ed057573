package io.godwit.policy.scheduling;

import io.godwit.core.NodeId;

/**
 * A move that is being weighed.
 *
 * @param stretchHere how many times longer than alone on the reference core the process takes if it
 *     stays: Harchol-Balter and Downey's n on a single reference core
 * @param stretchThere the same at the target, the migrant included: their m
 * @param costNanos time for which the move keeps the process from its work
 */
public record Move(NodeId to, double stretchHere, double stretchThere, long costNanos) {
  /** Time won for each second of CPU time that the process still needs, in seconds. */
  public double advantage() {
    return stretchHere - stretchThere;
  }
}

package io.godwit.node.migration;

/**
 * Stands before each phase on each side. In production it is open. Tests close it to look at a
 * migration that stands still, throw from it to make a phase fail, or kill a daemon there.
 */
@FunctionalInterface
public interface PhaseGate {
  /** Lets everything pass. */
  PhaseGate OPEN = (phase, side, pod) -> {};

  /** Called before a phase begins; what it throws is a failure of the phase. */
  void pass(Phase phase, Phase.Side side, String pod);
}

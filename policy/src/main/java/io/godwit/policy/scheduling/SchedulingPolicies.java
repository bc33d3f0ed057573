package io.godwit.policy.scheduling;

/**
 * One choice for each axis of distributed scheduling.
 *
 * @param candidates nodes to ask about before a decision, where load is asked for and not spread:
 *     Eager, Lazowska and Zahorjan found three to five to be enough
 */
public record SchedulingPolicies(
    ActivationPolicy activation,
    SelectionPolicy selection,
    LocationPolicy location,
    Stability stability,
    Admission admission,
    Eviction eviction,
    int candidates) {
  /** The usual number of nodes to ask. */
  public static final int DEFAULT_CANDIDATES = 5;

  public SchedulingPolicies {
    if (candidates < 1) {
      throw new IllegalArgumentException("at least one node is asked, not " + candidates);
    }
  }
}

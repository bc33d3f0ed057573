package io.godwit.policy.scheduling;

/**
 * What happens to guests when the owner comes back (Sprite) or they exceed what was lent (Butler).
 *
 * @param suspendNanos LSF's habit: suspend first, move only if the owner is still there after this
 *     time; 0 moves at once
 */
public record Eviction(Where where, long suspendNanos) {
  /** Where guests go. */
  public enum Where {
    /** They stay; only their priority is low. */
    STAY,
    /** To their home nodes. */
    HOME,
    /** To another node that has room, else home. */
    ELSEWHERE
  }

  /** At once, to another node that has room, else home. */
  public static final Eviction DEFAULT = new Eviction(Where.ELSEWHERE, 0);
}

package io.godwit.policy.scheduling;

import io.godwit.policy.load.NodeLoad;
import io.godwit.policy.load.ProcessLoad;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a node takes in: each node is autonomous (MOSIX, Butler).
 *
 * @param maxForeign foreign processes at once
 * @param maxIncoming processes on their way here at once: keeps several senders that saw the same
 *     idle node from flooding it
 * @param refuseAbove processes for each core, newcomer included, above which nothing is taken
 * @param memoryReserveBytes memory that stays free for the owner
 * @param users whose processes are taken; empty for all
 * @param programs program names that are taken; empty for all
 */
public record Admission(
    int maxForeign,
    int maxIncoming,
    double refuseAbove,
    long memoryReserveBytes,
    Set<String> users,
    Set<String> programs) {

  /** Takes everybody, four at a time, up to four processes a core. */
  public static final Admission OPEN =
      new Admission(Integer.MAX_VALUE, 4, 4.0, 0, Set.of(), Set.of());

  public Admission {
    users = Set.copyOf(users);
    programs = Set.copyOf(programs);
  }

  /**
   * Why the process may not come, or null. The own processes of this node may always come home.
   *
   * @param incoming processes that have been admitted and are not here yet
   */
  public @Nullable String refuses(
      ProcessLoad process, NodeLoad own, int incoming, boolean ownerActive, boolean comesHome) {
    if (comesHome) {
      return null;
    }
    if (ownerActive) {
      return "its owner is at work there";
    }
    if (!own.accepts()) {
      return "it takes no foreign processes at present";
    }
    if (own.foreign() + incoming >= maxForeign) {
      return "it has " + (own.foreign() + incoming) + " foreign processes, its limit";
    }
    if (incoming >= maxIncoming) {
      return incoming + " others are on their way there already";
    }
    if (own.runQueue() + incoming + 1 > refuseAbove * own.cores()) {
      return String.format(
          Locale.ROOT,
          "its load would be %.1f on %d cores; it takes no more above %.1f a core",
          own.runQueue() + incoming + 1,
          own.cores(),
          refuseAbove);
    }
    if (own.memoryFreeBytes() - process.memoryBytes() < memoryReserveBytes) {
      return "it has "
          + own.memoryFreeBytes()
          + " bytes of memory free and keeps "
          + memoryReserveBytes
          + " for its owner";
    }
    if (!users.isEmpty() && !users.contains(process.user())) {
      return "it does not take processes of user '" + process.user() + "'";
    }
    if (!programs.isEmpty() && !programs.contains(process.name())) {
      return "it does not take the program '" + process.name() + "'";
    }
    return null;
  }
}

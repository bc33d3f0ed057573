package io.godwit.it.fault;

import io.godwit.node.migration.Phase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * A place in a migration and what happens there.
 *
 * @param side whose clock tells the place: the migration stands before this side's phase
 */
record FaultCase(Phase phase, Phase.Side side, Fault fault) {
  /** What happens. */
  enum Fault {
    SOURCE_KILLED,
    DESTINATION_KILLED,
    HALF_BUILT_KILLED,
    CABLE_CUT
  }

  /** Every place on both sides with every fault that can happen there. */
  static List<FaultCase> all() {
    List<FaultCase> cases = new ArrayList<>();
    for (Phase phase : Phase.values()) {
      for (Phase.Side side : Phase.Side.values()) {
        for (Fault fault : Fault.values()) {
          boolean known = side == Phase.Side.SOURCE || destinationKnows(phase);
          // Before and in the negotiation nothing is there yet.
          boolean there = fault != Fault.HALF_BUILT_KILLED || phase != Phase.NEGOTIATE;
          // At its own gate of CREATE the destination has not begun to build.
          boolean begun =
              fault != Fault.HALF_BUILT_KILLED
                  || side == Phase.Side.SOURCE
                  || phase != Phase.CREATE;
          if (known && there && begun) {
            cases.add(new FaultCase(phase, side, fault));
          }
        }
      }
    }
    return cases;
  }

  /** Some of them, each fault as often as the others. */
  static List<FaultCase> sample(long seed, int ofEach) {
    List<FaultCase> shuffled = new ArrayList<>(all());
    Collections.shuffle(shuffled, new Random(seed));
    List<FaultCase> chosen = new ArrayList<>();
    for (Fault fault : Fault.values()) {
      shuffled.stream().filter(c -> c.fault() == fault).limit(ofEach).forEach(chosen::add);
    }
    return chosen;
  }

  /** The steps that the destination goes through by itself. */
  private static boolean destinationKnows(Phase phase) {
    return switch (phase) {
      case NEGOTIATE, CREATE, TRANSFER, FORWARD, RESUME -> true;
      case DETACH, REDIRECT, EXTRACT -> false;
    };
  }

  @Override
  public String toString() {
    return phase.title()
        + " at the "
        + side.name().toLowerCase(java.util.Locale.ROOT)
        + ", "
        + fault.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
  }
}

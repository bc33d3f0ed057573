package io.godwit.engine.kind.descriptor;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Where received descriptors have to go. A receiver gets descriptors at its lowest free numbers. If
 * they are sent in ascending order of their final numbers, each arrives at or below its final one
 * (the final numbers below it are as many as arrived before it, and are free before they do), so
 * that moving the highest first never meets one that still has to move. Pure.
 */
final class Placement {
  /** A descriptor that arrived at one number and belongs to another, or stays (both equal). */
  record Move(int from, int to, boolean closeOnExec) {}

  private Placement() {}

  /**
   * The moves of one message, in the order in which they have to be made.
   *
   * @param arrived the numbers at which descriptors arrived, ascending
   * @param wanted their final numbers, ascending
   * @param closeOnExec which of them close on exec
   */
  static List<Move> moves(int[] arrived, int[] wanted, boolean[] closeOnExec) {
    if (arrived.length != wanted.length || wanted.length != closeOnExec.length) {
      throw new IllegalArgumentException("arrived, wanted and flags differ in number");
    }
    List<Move> moves = new ArrayList<>();
    for (int i = wanted.length - 1; i >= 0; i--) {
      if (arrived[i] > wanted[i]) {
        throw new IllegalStateException(
            "descriptor " + wanted[i] + " arrived at " + arrived[i] + ": its place is taken");
      }
      moves.add(new Move(arrived[i], wanted[i], closeOnExec[i]));
    }
    return moves;
  }

  /** The lowest number that none of the given ones uses. */
  static int free(Set<Integer> used) {
    for (int number = 0; ; number++) {
      if (!used.contains(number)) {
        return number;
      }
    }
  }
}

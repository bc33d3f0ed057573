package io.godwit.node.daemon;

import io.godwit.core.NodeId;
import io.godwit.core.control.ControlLimits;
import io.godwit.core.control.MoveView;
import io.godwit.node.peers.ClusterLink;
import io.godwit.wire.proto.MoveStatus;
import io.godwit.wire.proto.StatusReply;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The latest migrations of the cluster: from here, and as the others told when last asked. */
final class KnownMoves {
  private static final long MILLI = 1_000_000;
  private static final int LONGEST_WHY = 2000;

  private KnownMoves() {}

  /** Latest last. */
  static List<MoveView> of(ClusterLink link) {
    List<MoveView> moves = new ArrayList<>();
    for (NodeId node : link.members().keySet()) {
      if (node.equals(link.self())) {
        link.migrations().book().recent().forEach(each -> moves.add(view(each, 0)));
        continue;
      }
      Optional<StatusReply> heard = link.heard(node);
      long since = Math.max(0, link.heardNanosAgo(node)) / MILLI;
      heard.ifPresent(told -> told.getMovesList().forEach(each -> moves.add(view(each, since))));
    }
    // What began first stands first.
    moves.sort(
        Comparator.comparingLong((MoveView m) -> m.endedMillisAgo() + m.elapsedMillis())
            .reversed());
    return moves;
  }

  private static MoveView view(MoveStatus told, long sinceMillis) {
    MoveView.Outcome outcome = MoveView.Outcome.FAILED;
    for (MoveView.Outcome each : MoveView.Outcome.values()) {
      if (each.wireName().equals(told.getOutcome())) {
        outcome = each;
      }
    }
    boolean over = outcome != MoveView.Outcome.UNDER_WAY;
    return new MoveView(
        name(told.getPod()),
        name(told.getFrom()),
        name(told.getTo()),
        name(told.getStrategy()),
        name(told.getPhase()),
        Math.max(0, told.getBytes()),
        Math.max(0, told.getBytesExpected()),
        Math.max(0, told.getElapsedMillis()) + (over ? 0 : sinceMillis),
        outcome,
        over ? Math.max(0, told.getEndedMillisAgo()) + sinceMillis : 0,
        Math.max(0, told.getFreezeMicros()),
        name(told.getCode()),
        text(told.getWhy(), LONGEST_WHY));
  }

  private static String name(String told) {
    return text(told, ControlLimits.MAX_NAME);
  }

  /** What a peer says is made to fit a message to a command. */
  private static String text(String told, int most) {
    return (told.length() <= most ? told : told.substring(0, most)).replace('\0', '?');
  }
}

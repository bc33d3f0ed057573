package io.godwit.node.migration;

import io.godwit.core.Epoch;
import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.core.control.MoveWishes;
import io.godwit.node.NodeError;
import io.godwit.wire.proto.Refusal;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What is to be moved where.
 *
 * @param epoch under which it runs now
 * @param home where it was started
 * @param homeAddress host:port of the home
 * @param strategy by its name; empty for the default
 * @param encryptPages whether the contents of memory are encrypted on the way
 * @param wishes what the user asked for besides
 */
public record MoveOrder(
    String pod,
    Epoch epoch,
    NodeId home,
    String homeAddress,
    NodeId destination,
    String strategy,
    boolean encryptPages,
    int requestedByUid,
    MoveWishes wishes) {
  /** What the destination answers when it does not take the process: every cause in one error. */
  GodwitException refused(List<Refusal> refusals) {
    String causes =
        refusals.stream()
            .map(r -> r.getWhat() + ": " + r.getWhy() + " [" + r.getCode() + "]")
            .collect(Collectors.joining("; "));
    String advice =
        refusals.stream().map(Refusal::getAdvice).distinct().collect(Collectors.joining("; "));
    return new GodwitException(
        NodeError.MIGRATION_REFUSED,
        "migrating " + pod + " to node " + destination,
        causes.isEmpty() ? "the node gives no reason" : causes,
        advice.isEmpty() ? "try another node" : advice);
  }
}

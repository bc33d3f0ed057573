package io.godwit.cli.top;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.godwit.core.control.DecisionView;
import io.godwit.core.control.MoveView;
import io.godwit.core.control.NodeView;
import io.godwit.core.control.ProcessView;
import java.util.List;

/**
 * The cluster at one moment, as one node knows it.
 *
 * @param takenMillis milliseconds since 1970
 * @param processes those that have not ended
 * @param moves latest last
 * @param decisions latest last
 * @param undecided why there are no decisions to show; empty where there may be
 */
record Snapshot(
    long takenMillis,
    List<NodeView> nodes,
    List<ProcessView> processes,
    List<MoveView> moves,
    List<DecisionView> decisions,
    String undecided) {
  Snapshot {
    nodes = List.copyOf(nodes);
    processes = List.copyOf(processes);
    moves = List.copyOf(moves);
    decisions = List.copyOf(decisions);
  }

  /** The name of the node that was asked; empty where it is not among the nodes. */
  String self() {
    return nodes.stream().filter(NodeView::self).map(NodeView::name).findFirst().orElse("");
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("takenMillis", takenMillis);
    JsonArray all = new JsonArray();
    nodes.forEach(each -> all.add(each.toJson()));
    json.add("nodes", all);
    JsonArray running = new JsonArray();
    processes.forEach(each -> running.add(each.toJson()));
    json.add("processes", running);
    JsonArray moving = new JsonArray();
    moves.forEach(each -> moving.add(each.toJson()));
    json.add("moves", moving);
    JsonArray decided = new JsonArray();
    decisions.forEach(each -> decided.add(each.toJson()));
    json.add("decisions", decided);
    return json;
  }
}

package io.godwit.core.control;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;

/**
 * The replicated registry as a node sees it.
 *
 * @param voters the nodes that keep it
 * @param leader of them; empty where there is none, or none is known
 * @param reached those that the asked voter is in touch with
 * @param majority whether this node's part of the cluster may decide who owns a process
 * @param asked the voter whose view this is; empty where none has answered yet
 * @param processes that run, by the registry
 * @param ageMillis how old this is; -1 where no voter has answered yet
 * @param trouble why it does not decide; empty where it does
 * @param nodes what nodes have last said of themselves
 */
public record RegistryView(
    List<String> voters,
    String leader,
    List<String> reached,
    boolean majority,
    String asked,
    long processes,
    long ageMillis,
    String trouble,
    List<NodeWord> nodes) {
  private static final int MOST_VOTERS = 16;
  private static final int MOST_NODES = 10_000;

  /** What a node has said of itself: ready, closed, draining or stopped, and why. */
  public record NodeWord(String node, String state, String why) {}

  public RegistryView {
    voters = List.copyOf(voters);
    reached = List.copyOf(reached);
    nodes = List.copyOf(nodes);
  }

  /** Of a node: leader, voter, or client. */
  public String role(String node) {
    return node.equals(leader) ? "leader" : voters.contains(node) ? "voter" : "client";
  }

  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.add("voters", texts(voters));
    json.addProperty("leader", leader);
    json.add("reached", texts(reached));
    json.addProperty("majority", majority);
    json.addProperty("asked", asked);
    json.addProperty("processes", processes);
    json.addProperty("ageMillis", ageMillis);
    json.addProperty("trouble", trouble);
    JsonArray words = new JsonArray();
    for (NodeWord each : nodes) {
      JsonObject word = new JsonObject();
      word.addProperty("node", each.node());
      word.addProperty("state", each.state());
      word.addProperty("why", each.why());
      words.add(word);
    }
    json.add("nodes", words);
    return json;
  }

  private static JsonArray texts(List<String> texts) {
    JsonArray array = new JsonArray();
    texts.forEach(array::add);
    return array;
  }

  public static RegistryView of(JsonObject json) {
    Fields fields = Fields.of(json, "registry");
    return new RegistryView(
        fields.texts("voters", MOST_VOTERS, ControlLimits.MAX_NAME),
        fields.text("leader", ControlLimits.MAX_NAME),
        fields.texts("reached", MOST_VOTERS, ControlLimits.MAX_NAME),
        fields.flag("majority"),
        fields.text("asked", ControlLimits.MAX_NAME),
        fields.number("processes", 0, Long.MAX_VALUE, 0),
        fields.number("ageMillis", -1, Long.MAX_VALUE, -1),
        fields.text("trouble", ControlLimits.MAX_TEXT),
        fields.objects("nodes", MOST_NODES).stream()
            .map(each -> Fields.of(each, "node's word"))
            .map(
                each ->
                    new NodeWord(
                        each.text("node", ControlLimits.MAX_NAME),
                        each.text("state", ControlLimits.MAX_NAME),
                        each.text("why", ControlLimits.MAX_TEXT)))
            .toList());
  }
}

package io.godwit.core.control;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * How far the emptying of a node has come. As an event it tells what is new.
 *
 * @param left processes that still have to leave
 * @param finished whether it is the last word
 */
public record DrainView(String node, int left, List<Outcome> outcomes, boolean finished) {
  /** The kind of event that carries it. */
  public static final String KIND = "drain";

  private static final int MAX_OUTCOMES = 100_000;

  /**
   * What became of a process.
   *
   * @param to where it went; empty where it stays so far
   * @param why it stays so far; empty where it went
   */
  public record Outcome(String process, String to, String why) {}

  public DrainView {
    outcomes = List.copyOf(outcomes);
  }

  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("node", node);
    json.addProperty("left", left);
    json.addProperty("finished", finished);
    JsonArray all = new JsonArray();
    for (Outcome each : outcomes) {
      JsonObject one = new JsonObject();
      one.addProperty("process", each.process());
      one.addProperty("to", each.to());
      one.addProperty("why", each.why());
      all.add(one);
    }
    json.add("outcomes", all);
    return json;
  }

  public static DrainView of(JsonObject json) {
    Fields fields = Fields.of(json, "report");
    List<Outcome> outcomes = new ArrayList<>();
    for (JsonObject each : fields.objects("outcomes", MAX_OUTCOMES)) {
      Fields one = Fields.of(each, "outcome");
      outcomes.add(
          new Outcome(
              one.text("process", ControlLimits.MAX_NAME),
              one.text("to", ControlLimits.MAX_NAME),
              one.text("why", ControlLimits.MAX_TEXT)));
    }
    return new DrainView(
        fields.text("node", ControlLimits.MAX_NAME),
        (int) fields.number("left", 0, Integer.MAX_VALUE, 0),
        outcomes,
        fields.flag("finished"));
  }
}

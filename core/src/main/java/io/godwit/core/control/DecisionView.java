package io.godwit.core.control;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * What a scheduler has decided and why.
 *
 * @param node whose scheduler
 * @param ageMillis how long ago
 * @param kind PLACE, MIGRATE, EVICT, RECLAIM, DEPORT, DRAIN, SUSPEND, CONTINUE, ADMIT, REFUSE, STAY
 * @param process its name; empty where the decision concerns none in particular
 * @param to the destination; empty where nothing moves
 */
public record DecisionView(
    String node,
    long ageMillis,
    String kind,
    String process,
    String to,
    String why,
    List<Rejected> rejected) {
  private static final int MAX_REJECTED = 10_000;

  /**
   * A node or a process that was considered and not taken.
   *
   * @param cause one of a few words that do not change
   */
  public record Rejected(String subject, String cause, String why) {}

  public DecisionView {
    rejected = List.copyOf(rejected);
  }

  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("node", node);
    json.addProperty("ageMillis", ageMillis);
    json.addProperty("kind", kind);
    json.addProperty("process", process);
    json.addProperty("to", to);
    json.addProperty("why", why);
    JsonArray others = new JsonArray();
    for (Rejected each : rejected) {
      JsonObject one = new JsonObject();
      one.addProperty("subject", each.subject());
      one.addProperty("cause", each.cause());
      one.addProperty("why", each.why());
      others.add(one);
    }
    json.add("rejected", others);
    return json;
  }

  public static DecisionView of(JsonObject json) {
    Fields fields = Fields.of(json, "decision");
    List<Rejected> rejected = new ArrayList<>();
    for (JsonObject each : fields.objects("rejected", MAX_REJECTED)) {
      Fields one = Fields.of(each, "rejection");
      rejected.add(
          new Rejected(
              one.text("subject", ControlLimits.MAX_TEXT),
              one.text("cause", ControlLimits.MAX_NAME),
              one.text("why", ControlLimits.MAX_TEXT)));
    }
    return new DecisionView(
        fields.text("node", ControlLimits.MAX_NAME),
        fields.number("ageMillis", 0, Long.MAX_VALUE, 0),
        fields.text("kind", ControlLimits.MAX_NAME),
        fields.text("process", ControlLimits.MAX_TEXT),
        fields.text("to", ControlLimits.MAX_NAME),
        fields.text("why", ControlLimits.MAX_TEXT),
        rejected);
  }
}

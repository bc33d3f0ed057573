package io.godwit.core.control;

import com.google.gson.JsonObject;

/**
 * Where a process shall go and how.
 *
 * @param what the pod's name or the process id
 * @param to the destination node's name
 * @param strategy the transfer strategy by its name in the survey, empty for the node's default
 */
public record MigrateSpec(String what, String to, String strategy, MoveWishes wishes) {
  /** Without wishes. */
  public MigrateSpec(String what, String to, String strategy) {
    this(what, to, strategy, MoveWishes.NONE);
  }

  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("what", what);
    json.addProperty("to", to);
    json.addProperty("strategy", strategy);
    wishes.addTo(json);
    return json;
  }

  public static MigrateSpec of(JsonObject json) {
    Fields fields = Fields.of(json, "request to migrate");
    String strategy = fields.optionalText("strategy", ControlLimits.MAX_NAME);
    return new MigrateSpec(
        fields.text("what", ControlLimits.MAX_NAME),
        fields.text("to", ControlLimits.MAX_NAME),
        strategy == null ? "" : strategy,
        MoveWishes.of(fields));
  }
}

package io.godwit.core.control;

import com.google.gson.JsonObject;

/**
 * A migration as those see it who watch the cluster.
 *
 * @param strategy by which its memory goes
 * @param phase the step of the survey's figure 3 in which it is, or was when it ended
 * @param bytes moved so far
 * @param totalBytes expected in all, 0 where unknown
 * @param elapsedMillis from the request until now, or until its end
 * @param endedMillisAgo 0 while it is under way
 * @param freezeMicros how long the process stood still; 0 unless it is done
 * @param code of the failure; empty where there is none
 * @param why it was refused or failed; empty otherwise
 */
public record MoveView(
    String process,
    String from,
    String to,
    String strategy,
    String phase,
    long bytes,
    long totalBytes,
    long elapsedMillis,
    Outcome outcome,
    long endedMillisAgo,
    long freezeMicros,
    String code,
    String why) {
  /** What became of a migration. */
  public enum Outcome {
    UNDER_WAY("under way"),
    DONE("done"),
    /** Before anything was touched. */
    REFUSED("refused"),
    /** The process goes on where it was. */
    UNDONE("undone"),
    /** Nobody knows which node owns the process until a silent node answers. */
    IN_DOUBT("in doubt"),
    FAILED("failed");

    private final String wireName;

    Outcome(String wireName) {
      this.wireName = wireName;
    }

    public String wireName() {
      return wireName;
    }
  }

  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("process", process);
    json.addProperty("from", from);
    json.addProperty("to", to);
    json.addProperty("strategy", strategy);
    json.addProperty("phase", phase);
    json.addProperty("bytes", bytes);
    json.addProperty("totalBytes", totalBytes);
    json.addProperty("elapsedMillis", elapsedMillis);
    json.addProperty("outcome", outcome.wireName);
    json.addProperty("endedMillisAgo", endedMillisAgo);
    json.addProperty("freezeMicros", freezeMicros);
    json.addProperty("code", code);
    json.addProperty("why", why);
    return json;
  }

  public static MoveView of(JsonObject json) {
    Fields fields = Fields.of(json, "migration");
    return new MoveView(
        fields.text("process", ControlLimits.MAX_NAME),
        fields.text("from", ControlLimits.MAX_NAME),
        fields.text("to", ControlLimits.MAX_NAME),
        fields.text("strategy", ControlLimits.MAX_NAME),
        fields.text("phase", ControlLimits.MAX_NAME),
        fields.number("bytes", 0, Long.MAX_VALUE, 0),
        fields.number("totalBytes", 0, Long.MAX_VALUE, 0),
        fields.number("elapsedMillis", 0, Long.MAX_VALUE, 0),
        fields.named("outcome", Outcome.values(), Outcome::wireName),
        fields.number("endedMillisAgo", 0, Long.MAX_VALUE, 0),
        fields.number("freezeMicros", 0, Long.MAX_VALUE, 0),
        fields.text("code", ControlLimits.MAX_NAME),
        fields.text("why", ControlLimits.MAX_TEXT));
  }
}

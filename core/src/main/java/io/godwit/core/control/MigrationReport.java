package io.godwit.core.control;

import com.google.gson.JsonObject;

/**
 * What a migration took: the columns of the survey's table 5.
 *
 * @param strategy by which it went
 * @param freezeMicros how long the process did not run
 * @param totalMicros from the request until it ran at the destination
 * @param bytes moved in all
 * @param freezeBytes of these, moved while it was frozen
 * @param residualMicros from resume until the last page dependency on the source was gone
 * @param epoch under which it runs at the destination
 * @param zeroBytes of memory that were not moved because they are zeros
 * @param heldBytes of memory that were not moved because the destination had kept them from an
 *     earlier visit
 * @param remark why the strategy is not the one that was asked for; empty otherwise
 */
public record MigrationReport(
    String name,
    String from,
    String to,
    String strategy,
    long freezeMicros,
    long totalMicros,
    long bytes,
    long freezeBytes,
    long residualMicros,
    long epoch,
    long zeroBytes,
    long heldBytes,
    String remark) {
  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("name", name);
    json.addProperty("from", from);
    json.addProperty("to", to);
    json.addProperty("strategy", strategy);
    json.addProperty("freezeMicros", freezeMicros);
    json.addProperty("totalMicros", totalMicros);
    json.addProperty("bytes", bytes);
    json.addProperty("freezeBytes", freezeBytes);
    json.addProperty("residualMicros", residualMicros);
    json.addProperty("epoch", epoch);
    json.addProperty("zeroBytes", zeroBytes);
    json.addProperty("heldBytes", heldBytes);
    json.addProperty("remark", remark);
    return json;
  }

  public static MigrationReport of(JsonObject json) {
    Fields fields = Fields.of(json, "report of a migration");
    String remark = fields.optionalText("remark", ControlLimits.MAX_TEXT);
    return new MigrationReport(
        fields.text("name", ControlLimits.MAX_NAME),
        fields.text("from", ControlLimits.MAX_NAME),
        fields.text("to", ControlLimits.MAX_NAME),
        fields.text("strategy", ControlLimits.MAX_NAME),
        fields.number("freezeMicros", 0, Long.MAX_VALUE),
        fields.number("totalMicros", 0, Long.MAX_VALUE),
        fields.number("bytes", 0, Long.MAX_VALUE),
        fields.number("freezeBytes", 0, Long.MAX_VALUE, 0),
        fields.number("residualMicros", 0, Long.MAX_VALUE, 0),
        fields.number("epoch", 1, Long.MAX_VALUE),
        fields.number("zeroBytes", 0, Long.MAX_VALUE, 0),
        fields.number("heldBytes", 0, Long.MAX_VALUE, 0),
        remark == null ? "" : remark);
  }
}

package io.godwit.core.control;

import com.google.gson.JsonObject;

/**
 * How far a long operation has come.
 *
 * @param phase what it does now, for a migration a step of the survey's figure 3
 * @param bytes moved so far
 * @param totalBytes expected in all, 0 where unknown
 * @param bytesPerSecond lately
 * @param elapsedMicros since the request
 */
public record Progress(
    String phase, long bytes, long totalBytes, long bytesPerSecond, long elapsedMicros) {
  /** The kind of event that carries it. */
  public static final String KIND = "progress";

  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("phase", phase);
    json.addProperty("bytes", bytes);
    json.addProperty("totalBytes", totalBytes);
    json.addProperty("bytesPerSecond", bytesPerSecond);
    json.addProperty("elapsedMicros", elapsedMicros);
    return json;
  }

  public static Progress of(JsonObject json) {
    Fields fields = Fields.of(json, "progress");
    return new Progress(
        fields.text("phase", ControlLimits.MAX_NAME),
        fields.number("bytes", 0, Long.MAX_VALUE),
        fields.number("totalBytes", 0, Long.MAX_VALUE, 0),
        fields.number("bytesPerSecond", 0, Long.MAX_VALUE, 0),
        fields.number("elapsedMicros", 0, Long.MAX_VALUE, 0));
  }
}

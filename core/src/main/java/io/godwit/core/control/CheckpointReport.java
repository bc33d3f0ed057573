package io.godwit.core.control;

import com.google.gson.JsonObject;

/**
 * What a checkpoint took.
 *
 * @param directory where the image is
 * @param processes in the tree
 * @param bytes the image has
 * @param freezeMicros how long the processes did not run; until their end where they were not left
 *     running
 */
public record CheckpointReport(
    String name, String directory, int processes, long bytes, long freezeMicros) {
  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("name", name);
    json.addProperty("directory", directory);
    json.addProperty("processes", processes);
    json.addProperty("bytes", bytes);
    json.addProperty("freezeMicros", freezeMicros);
    return json;
  }

  public static CheckpointReport of(JsonObject json) {
    Fields fields = Fields.of(json, "report of a checkpoint");
    return new CheckpointReport(
        fields.text("name", ControlLimits.MAX_NAME),
        fields.text("directory", 4096),
        (int) fields.number("processes", 0, Integer.MAX_VALUE),
        fields.number("bytes", 0, Long.MAX_VALUE),
        fields.number("freezeMicros", 0, Long.MAX_VALUE));
  }
}

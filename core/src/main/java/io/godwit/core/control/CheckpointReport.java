package io.godwit.core.control;

import com.google.gson.JsonObject;

/**
 * What a checkpoint took.
 *
 * @param directory where the image is
 * @param processes in the tree
 * @param bytes that were written of memory and files without a name
 * @param freezeMicros how long the processes did not run; until their end where they were not left
 *     running
 * @param generation which one of its directory, from 1
 */
public record CheckpointReport(
    String name, String directory, int processes, long bytes, long freezeMicros, int generation) {
  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("name", name);
    json.addProperty("directory", directory);
    json.addProperty("processes", processes);
    json.addProperty("bytes", bytes);
    json.addProperty("freezeMicros", freezeMicros);
    json.addProperty("generation", generation);
    return json;
  }

  public static CheckpointReport of(JsonObject json) {
    Fields fields = Fields.of(json, "report of a checkpoint");
    return new CheckpointReport(
        fields.text("name", ControlLimits.MAX_NAME),
        fields.text("directory", 4096),
        (int) fields.number("processes", 0, Integer.MAX_VALUE),
        fields.number("bytes", 0, Long.MAX_VALUE),
        fields.number("freezeMicros", 0, Long.MAX_VALUE),
        (int) fields.number("generation", 1, Integer.MAX_VALUE, 1));
  }
}

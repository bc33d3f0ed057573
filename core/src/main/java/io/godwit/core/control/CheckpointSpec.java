package io.godwit.core.control;

import com.google.gson.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * What is to be written where.
 *
 * @param what a pod's name or the host PID of its main process
 * @param directory absolute, on the node where the process is
 * @param incremental whether an image that is there gets what has changed since
 * @param keep generations that remain of an incremental image
 * @param compression level of zstd, 0 for none
 * @param keyFile absolute, null for no encryption
 */
public record CheckpointSpec(
    String what,
    String directory,
    boolean leaveRunning,
    boolean incremental,
    int keep,
    int compression,
    @Nullable String keyFile) {
  private static final int MAX_PATH = 4096;

  /** The highest level of zstd. */
  public static final int MAX_COMPRESSION = 19;

  /** Generations in one directory. */
  public static final int MAX_KEEP = 200;

  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("what", what);
    json.addProperty("directory", directory);
    json.addProperty("leaveRunning", leaveRunning);
    json.addProperty("incremental", incremental);
    json.addProperty("keep", keep);
    json.addProperty("compression", compression);
    json.addProperty("keyFile", keyFile);
    return json;
  }

  public static CheckpointSpec of(JsonObject json) {
    Fields fields = Fields.of(json, "request for a checkpoint");
    String directory = fields.text("directory", MAX_PATH);
    String keyFile = fields.optionalText("keyFile", MAX_PATH);
    if (!directory.startsWith("/")) {
      throw fields.bad("directory", "'" + directory + "' is not an absolute path");
    }
    if (keyFile != null && !keyFile.startsWith("/")) {
      throw fields.bad("keyFile", "'" + keyFile + "' is not an absolute path");
    }
    return new CheckpointSpec(
        fields.text("what", ControlLimits.MAX_NAME),
        directory,
        fields.flag("leaveRunning"),
        fields.flag("incremental"),
        (int) fields.number("keep", 1, MAX_KEEP, 4),
        (int) fields.number("compression", 0, MAX_COMPRESSION, 0),
        keyFile);
  }
}

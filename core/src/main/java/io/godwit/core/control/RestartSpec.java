package io.godwit.core.control;

import com.google.gson.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * Which image is to be restarted.
 *
 * @param directory absolute, on the node that is asked
 * @param name under which the daemon is to know it; null for the one that the image says
 * @param generation 0 for the newest
 * @param keyFile absolute, null where the image is not encrypted
 */
public record RestartSpec(
    String directory, @Nullable String name, int generation, @Nullable String keyFile) {
  private static final int MAX_PATH = 4096;

  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("directory", directory);
    json.addProperty("name", name);
    json.addProperty("generation", generation);
    json.addProperty("keyFile", keyFile);
    return json;
  }

  public static RestartSpec of(JsonObject json) {
    Fields fields = Fields.of(json, "request for a restart");
    String directory = fields.text("directory", MAX_PATH);
    String keyFile = fields.optionalText("keyFile", MAX_PATH);
    String name = fields.optionalText("name", ControlLimits.MAX_NAME);
    if (!directory.startsWith("/")) {
      throw fields.bad("directory", "'" + directory + "' is not an absolute path");
    }
    if (keyFile != null && !keyFile.startsWith("/")) {
      throw fields.bad("keyFile", "'" + keyFile + "' is not an absolute path");
    }
    if (name != null && !PodName.isValid(name)) {
      throw fields.bad("name", "'" + name + "' is no name for a pod");
    }
    return new RestartSpec(
        directory, name, (int) fields.number("generation", 0, Integer.MAX_VALUE, 0), keyFile);
  }
}

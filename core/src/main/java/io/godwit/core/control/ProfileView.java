package io.godwit.core.control;

import com.google.gson.JsonObject;

/**
 * A scheduling profile as nodes use it.
 *
 * @param version the higher one counts where nodes differ; 0 for that of a node's configuration
 * @param text TOML
 */
public record ProfileView(String name, long version, String text) {
  /** Characters of a profile. */
  public static final int MAX_TEXT = 64 * 1024;

  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("name", name);
    json.addProperty("version", version);
    json.addProperty("text", text);
    return json;
  }

  public static ProfileView of(JsonObject json) {
    Fields fields = Fields.of(json, "profile");
    return new ProfileView(
        fields.text("name", ControlLimits.MAX_NAME),
        fields.number("version", 0, Long.MAX_VALUE, 0),
        fields.text("text", MAX_TEXT));
  }
}

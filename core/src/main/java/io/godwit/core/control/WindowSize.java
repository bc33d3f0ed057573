package io.godwit.core.control;

import com.google.gson.JsonObject;

/** The size of a terminal in characters. */
public record WindowSize(int rows, int columns) {
  private static final int MAX = 65_535;

  /** What a terminal of unknown size is taken for. */
  public static final WindowSize USUAL = new WindowSize(24, 80);

  public WindowSize {
    if (rows < 0 || rows > MAX || columns < 0 || columns > MAX) {
      throw new IllegalArgumentException("not a window size: " + rows + "x" + columns);
    }
  }

  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("rows", rows);
    json.addProperty("columns", columns);
    return json;
  }

  public static WindowSize of(JsonObject json) {
    Fields fields = Fields.of(json, "window size");
    return new WindowSize(
        (int) fields.number("rows", 0, MAX), (int) fields.number("columns", 0, MAX));
  }
}

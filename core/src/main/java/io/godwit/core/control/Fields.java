package io.godwit.core.control;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.godwit.core.GodwitException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Typed and bounded access to the members of a message; what does not fit is named. */
public final class Fields {
  private static final int LONGEST_NAME = 16;

  private final JsonObject json;
  private final String what;

  private Fields(JsonObject json, String what) {
    this.json = json;
    this.what = what;
  }

  /**
   * @param what the message in words, for error texts
   */
  public static Fields of(JsonObject json, String what) {
    return new Fields(json, what);
  }

  /** A text that must be there. */
  public String text(String name, int maxLength) {
    String text = optionalText(name, maxLength);
    if (text == null) {
      throw bad(name, "it is missing");
    }
    return text;
  }

  /** A text, or null where it is missing. */
  public @Nullable String optionalText(String name, int maxLength) {
    JsonPrimitive value = primitive(name);
    if (value == null) {
      return null;
    }
    if (!value.isString()) {
      throw bad(name, "it is not a text");
    }
    String text = value.getAsString();
    if (text.length() > maxLength) {
      throw bad(name, "it is longer than " + maxLength + " characters");
    }
    if (text.indexOf('\0') >= 0) {
      throw bad(name, "it holds a zero byte");
    }
    return text;
  }

  /** One of some values, by the name that it has in messages; it must be there. */
  public <T> T named(String name, T[] values, Function<T, String> wireName) {
    String text = text(name, LONGEST_NAME);
    for (T value : values) {
      if (wireName.apply(value).equals(text)) {
        return value;
      }
    }
    throw bad(name, "'" + text + "' is unknown");
  }

  /** A whole number that must be there, within [min, max]. */
  public long number(String name, long min, long max) {
    JsonPrimitive value = primitive(name);
    if (value == null) {
      throw bad(name, "it is missing");
    }
    return inRange(name, value, min, max);
  }

  /** A whole number within [min, max], or the default where it is missing. */
  public long number(String name, long min, long max, long otherwise) {
    JsonPrimitive value = primitive(name);
    return value == null ? otherwise : inRange(name, value, min, max);
  }

  private long inRange(String name, JsonPrimitive value, long min, long max) {
    if (!value.isNumber() || !(value.getAsNumber() instanceof Long number)) {
      throw bad(name, "it is not a whole number");
    }
    if (number < min || number > max) {
      throw bad(name, number + " is not between " + min + " and " + max);
    }
    return number;
  }

  /** A finite number, or the default where it is missing. */
  public double real(String name, double otherwise) {
    JsonPrimitive value = primitive(name);
    if (value == null) {
      return otherwise;
    }
    if (!value.isNumber() || !Double.isFinite(value.getAsDouble())) {
      throw bad(name, "it is not a number");
    }
    return value.getAsDouble();
  }

  /** A truth value, false where it is missing. */
  public boolean flag(String name) {
    JsonPrimitive value = primitive(name);
    if (value == null) {
      return false;
    }
    if (!value.isBoolean()) {
      throw bad(name, "it is neither true nor false");
    }
    return value.getAsBoolean();
  }

  /** A list of texts, empty where it is missing. */
  public List<String> texts(String name, int maxCount, int maxLength) {
    List<String> texts = new ArrayList<>();
    for (JsonElement element : array(name, maxCount)) {
      if (!(element instanceof JsonPrimitive value) || !value.isString()) {
        throw bad(name, "it holds something that is not a text");
      }
      String text = value.getAsString();
      if (text.length() > maxLength || text.indexOf('\0') >= 0) {
        throw bad(name, "a text in it is too long or holds a zero byte");
      }
      texts.add(text);
    }
    return List.copyOf(texts);
  }

  /** A list of objects, empty where it is missing. */
  public List<JsonObject> objects(String name, int maxCount) {
    List<JsonObject> objects = new ArrayList<>();
    for (JsonElement element : array(name, maxCount)) {
      if (!(element instanceof JsonObject object)) {
        throw bad(name, "it holds something that is not an object");
      }
      objects.add(object);
    }
    return objects;
  }

  /** An object that must be there. */
  public JsonObject object(String name) {
    JsonObject object = optionalObject(name);
    if (object == null) {
      throw bad(name, "it is missing");
    }
    return object;
  }

  /** An object, or null where it is missing. */
  public @Nullable JsonObject optionalObject(String name) {
    JsonElement element = json.get(name);
    if (element == null || element.isJsonNull()) {
      return null;
    }
    if (!(element instanceof JsonObject object)) {
      throw bad(name, "it is not an object");
    }
    return object;
  }

  private JsonArray array(String name, int maxCount) {
    JsonElement element = json.get(name);
    if (element == null || element.isJsonNull()) {
      return new JsonArray();
    }
    if (!(element instanceof JsonArray array)) {
      throw bad(name, "it is not a list");
    }
    if (array.size() > maxCount) {
      throw bad(name, "it has more than " + maxCount + " entries");
    }
    return array;
  }

  private @Nullable JsonPrimitive primitive(String name) {
    JsonElement element = json.get(name);
    if (element == null || element.isJsonNull()) {
      return null;
    }
    if (!(element instanceof JsonPrimitive primitive)) {
      throw bad(name, "it is a list or an object");
    }
    return primitive;
  }

  /** The failure that names a member and what is wrong with it. */
  public GodwitException bad(String name, String why) {
    return new GodwitException(
        ControlError.BAD_VALUE,
        "the " + what + " was refused",
        "'" + name + "': " + why,
        "check that command and daemon are of the same release: godwit version");
  }
}

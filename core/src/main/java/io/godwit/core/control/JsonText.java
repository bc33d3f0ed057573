package io.godwit.core.control;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import com.google.gson.stream.MalformedJsonException;
import io.godwit.core.GodwitException;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON text to and from trees, strict and bounded. Written over the streaming half of the library:
 * its own tree reader knows no bounds and takes a cold command some 20 ms to load.
 */
public final class JsonText {
  private static final int MAX_NUMBER = 40;

  private final JsonReader in;
  private int values;

  private JsonText(JsonReader in) {
    this.in = in;
  }

  /** Reads one object in UTF-8; damaged or oversized text is a {@link GodwitException}. */
  public static JsonObject parseObject(ByteBuffer utf8) {
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(utf8)
              .toString();
      return parseObject(text);
    } catch (CharacterCodingException e) {
      throw damaged("it is not UTF-8", e);
    }
  }

  /** Reads one object; damaged or oversized text is a {@link GodwitException}. */
  public static JsonObject parseObject(String text) {
    try (JsonReader reader = new JsonReader(new StringReader(text))) {
      reader.setStrictness(Strictness.STRICT);
      reader.setNestingLimit(ControlLimits.MAX_JSON_DEPTH);
      JsonElement element = new JsonText(reader).element();
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw damaged("text follows the object", null);
      }
      if (!element.isJsonObject()) {
        throw damaged("it is not an object", null);
      }
      return element.getAsJsonObject();
    } catch (MalformedJsonException e) {
      throw damaged(String.valueOf(e.getMessage()), e);
    } catch (IOException | NumberFormatException | IllegalStateException e) {
      throw damaged("it ends early or holds a bad value", e);
    }
  }

  private JsonElement element() throws IOException {
    if (++values > ControlLimits.MAX_JSON_VALUES) {
      throw new GodwitException(
          ControlError.TOO_LARGE,
          "a control message was refused",
          "it holds more than " + ControlLimits.MAX_JSON_VALUES + " values",
          "ask for less at once");
    }
    return switch (in.peek()) {
      case BEGIN_OBJECT -> object();
      case BEGIN_ARRAY -> array();
      case STRING -> new JsonPrimitive(text());
      case NUMBER -> new JsonPrimitive(number(in.nextString()));
      case BOOLEAN -> new JsonPrimitive(in.nextBoolean());
      case NULL -> {
        in.nextNull();
        yield JsonNull.INSTANCE;
      }
      case END_ARRAY, END_OBJECT, NAME, END_DOCUMENT ->
          throw new MalformedJsonException("a value is missing");
    };
  }

  private JsonObject object() throws IOException {
    JsonObject object = new JsonObject();
    in.beginObject();
    while (in.hasNext()) {
      String name = in.nextName();
      if (object.has(name)) {
        throw new MalformedJsonException("'" + name + "' appears twice");
      }
      object.add(name, element());
    }
    in.endObject();
    return object;
  }

  private JsonArray array() throws IOException {
    JsonArray array = new JsonArray();
    in.beginArray();
    while (in.hasNext()) {
      array.add(element());
    }
    in.endArray();
    return array;
  }

  private String text() throws IOException {
    String text = in.nextString();
    if (text.length() > ControlLimits.MAX_TEXT) {
      throw new GodwitException(
          ControlError.TOO_LARGE,
          "a control message was refused",
          "a text in it is longer than " + ControlLimits.MAX_TEXT + " characters",
          "pass long data in a file");
    }
    return text;
  }

  private static Number number(String text) throws MalformedJsonException {
    if (text.length() > MAX_NUMBER) {
      throw new MalformedJsonException("a number of " + text.length() + " digits");
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '.' || c == 'e' || c == 'E') {
        return new BigDecimal(text).doubleValue();
      }
    }
    return Long.valueOf(text);
  }

  /** The shortest text of the tree. */
  public static String write(JsonElement element) {
    return write(element, "");
  }

  /** The text of the tree on several lines, for people who asked for JSON on a terminal. */
  public static String writeIndented(JsonElement element) {
    return write(element, "  ");
  }

  private static String write(JsonElement element, String indent) {
    StringWriter text = new StringWriter(256);
    try (JsonWriter out = new JsonWriter(text)) {
      out.setIndent(indent);
      out.setHtmlSafe(false);
      emit(out, element);
    } catch (IOException impossible) { // a StringWriter does not fail
      throw new AssertionError(impossible);
    }
    return text.toString();
  }

  private static void emit(JsonWriter out, JsonElement element) throws IOException {
    switch (element) {
      case JsonObject object -> {
        out.beginObject();
        for (Map.Entry<String, JsonElement> member : object.entrySet()) {
          out.name(member.getKey());
          emit(out, member.getValue());
        }
        out.endObject();
      }
      case JsonArray array -> {
        out.beginArray();
        for (JsonElement item : array) {
          emit(out, item);
        }
        out.endArray();
      }
      case JsonPrimitive primitive -> {
        if (primitive.isBoolean()) {
          out.value(primitive.getAsBoolean());
        } else if (primitive.isNumber()) {
          out.value(primitive.getAsNumber());
        } else {
          out.value(primitive.getAsString());
        }
      }
      default -> out.nullValue();
    }
  }

  private static GodwitException damaged(String why, @Nullable Throwable cause) {
    return new GodwitException(
        ControlError.BAD_MESSAGE,
        "a control message cannot be read",
        why,
        "check that command and daemon are of the same release: godwit version",
        cause);
  }
}

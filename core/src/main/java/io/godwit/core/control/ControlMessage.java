package io.godwit.core.control;

import com.google.gson.JsonObject;
import io.godwit.core.ErrorCode;
import io.godwit.core.ExitStatus;
import io.godwit.core.GodwitException;

/**
 * The JSON messages of a conversation. Each is an object whose member {@code type} says which:
 *
 * <pre>
 * type      from    other members
 * request   client  v (protocol version), method, params
 * input     client  kind, data
 * event     daemon  kind, data
 * result    daemon  data
 * failure   daemon  code, what, why, advice, exit
 * </pre>
 */
public sealed interface ControlMessage {
  /** The message as it is sent. */
  JsonObject toJson();

  /** What the client wants. The method is kept as text: the daemon may not know it. */
  record Request(int version, String method, JsonObject params) implements ControlMessage {
    @Override
    public JsonObject toJson() {
      JsonObject json = typed("request");
      json.addProperty("v", version);
      json.addProperty("method", method);
      json.add("params", params);
      return json;
    }
  }

  /** What the client says while the request goes on. */
  record Input(String kind, JsonObject data) implements ControlMessage {
    @Override
    public JsonObject toJson() {
      return kindAndData("input", kind, data);
    }
  }

  /** What the daemon tells while the request goes on. */
  record Event(String kind, JsonObject data) implements ControlMessage {
    @Override
    public JsonObject toJson() {
      return kindAndData("event", kind, data);
    }
  }

  /** The request was done. */
  record Result(JsonObject data) implements ControlMessage {
    @Override
    public JsonObject toJson() {
      JsonObject json = typed("result");
      json.add("data", data);
      return json;
    }
  }

  /** The request failed; {@link #exception()} is the failure as the daemon threw it. */
  record Failure(String code, String what, String why, String advice, int exit)
      implements ControlMessage {
    /** The message for a failure of this daemon. */
    public static Failure of(GodwitException e) {
      return new Failure(
          e.code().code(), e.what(), e.why(), e.advice(), e.code().exitStatus().number());
    }

    @Override
    public JsonObject toJson() {
      JsonObject json = typed("failure");
      json.addProperty("code", code);
      json.addProperty("what", what);
      json.addProperty("why", why);
      json.addProperty("advice", advice);
      json.addProperty("exit", exit);
      return json;
    }

    /** The failure under its original code. */
    public GodwitException exception() {
      return new GodwitException(new ReportedCode(code, status(exit)), what, why, advice);
    }

    private static ExitStatus status(int number) {
      for (ExitStatus status : ExitStatus.values()) {
        if (status.number() == number && status != ExitStatus.OK) {
          return status;
        }
      }
      return ExitStatus.FAILED;
    }
  }

  /** A code that came over the wire; this end need not know the enum it is from. */
  record ReportedCode(String code, ExitStatus exitStatus) implements ErrorCode {}

  /** Reads a message; one that is none of these is a {@link GodwitException}. */
  static ControlMessage of(JsonObject json) {
    Fields fields = Fields.of(json, "control message");
    String type = fields.text("type", 16);
    return switch (type) {
      case "request" ->
          new Request(
              (int) fields.number("v", 0, Integer.MAX_VALUE),
              fields.text("method", 64),
              fields.object("params"));
      case "input" -> new Input(fields.text("kind", 32), fields.object("data"));
      case "event" -> new Event(fields.text("kind", 32), fields.object("data"));
      case "result" -> new Result(fields.object("data"));
      case "failure" ->
          new Failure(
              fields.text("code", 64),
              fields.text("what", ControlLimits.MAX_TEXT),
              fields.text("why", ControlLimits.MAX_TEXT),
              fields.text("advice", ControlLimits.MAX_TEXT),
              (int) fields.number("exit", 0, 255));
      default -> throw fields.bad("type", "'" + type + "' is no kind of message");
    };
  }

  private static JsonObject typed(String type) {
    JsonObject json = new JsonObject();
    json.addProperty("type", type);
    return json;
  }

  private static JsonObject kindAndData(String type, String kind, JsonObject data) {
    JsonObject json = typed(type);
    json.addProperty("kind", kind);
    json.add("data", data);
    return json;
  }
}

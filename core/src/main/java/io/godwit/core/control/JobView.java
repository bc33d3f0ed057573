package io.godwit.core.control;

import com.google.gson.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * A job as a listing shows it.
 *
 * @param id its number on the node that it was submitted to, and its index where it is one of an
 *     array: {@code 17} or {@code 17[3]}
 * @param name the name of its process, under which {@code logs}, {@code wait} and the others know
 *     it
 * @param node where it runs, or ran last; empty before it has started
 * @param resources the resource expression; empty where any node will do
 * @param everySeconds between two checkpoints; 0 where none are written
 * @param submittedMillis milliseconds since 1970, as are the other times; 0 where it has not
 *     happened yet
 * @param checkpointMillis when the checkpoint was written from which it would be restarted
 * @param restarts how often it was restarted because its node had died
 * @param cpuMillis processor time it has used as far as is known
 * @param exit how it ended; null before
 * @param why what it waits for; empty where it waits for nothing
 */
public record JobView(
    String id,
    String name,
    String queue,
    String user,
    int uid,
    String command,
    State state,
    String node,
    String resources,
    long everySeconds,
    long submittedMillis,
    long startedMillis,
    long endedMillis,
    long checkpointMillis,
    int restarts,
    long cpuMillis,
    @Nullable ProcessExit exit,
    String why) {
  /** Longest {@link #id}. */
  private static final int MAX_ID = 32;

  /** Where a job stands. */
  public enum State {
    /** Waits for its turn. */
    PENDING("pending"),
    /** Waits for {@code godwit release}. */
    HELD("held"),
    RUNNING("running"),
    /** Stopped by {@code godwit hold} while it ran. */
    SUSPENDED("suspended"),
    /** Its node is silent; it is restarted when it is certain that it runs nowhere. */
    LOST("lost"),
    /** It has ended with exit status 0. */
    DONE("done"),
    /** It has ended otherwise. */
    FAILED("failed"),
    /** It was taken out of its queue before it had started. */
    CANCELLED("cancelled");

    private final String wireName;

    State(String wireName) {
      this.wireName = wireName;
    }

    public String wireName() {
      return wireName;
    }

    /** Whether nothing more happens to it. */
    public boolean isOver() {
      return this == DONE || this == FAILED || this == CANCELLED;
    }

    /** The state of that name, or null where this release has none. */
    public static @Nullable State of(String wireName) {
      for (State state : values()) {
        if (state.wireName.equals(wireName)) {
          return state;
        }
      }
      return null;
    }
  }

  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("id", id);
    json.addProperty("name", name);
    json.addProperty("queue", queue);
    json.addProperty("user", user);
    json.addProperty("uid", uid);
    json.addProperty("command", command);
    json.addProperty("state", state.wireName);
    json.addProperty("node", node);
    json.addProperty("resources", resources);
    json.addProperty("everySeconds", everySeconds);
    json.addProperty("submittedMillis", submittedMillis);
    json.addProperty("startedMillis", startedMillis);
    json.addProperty("endedMillis", endedMillis);
    json.addProperty("checkpointMillis", checkpointMillis);
    json.addProperty("restarts", restarts);
    json.addProperty("cpuMillis", cpuMillis);
    if (exit != null) {
      json.add("exit", exit.toJson());
    }
    json.addProperty("why", why);
    return json;
  }

  public static JobView of(JsonObject json) {
    Fields fields = Fields.of(json, "job");
    String word = fields.text("state", 16);
    State state = State.of(word);
    if (state == null) {
      throw fields.bad("state", "'" + word + "' is unknown");
    }
    JsonObject exit = fields.optionalObject("exit");
    return new JobView(
        fields.text("id", MAX_ID),
        fields.text("name", ControlLimits.MAX_NAME),
        fields.text("queue", ControlLimits.MAX_NAME),
        fields.text("user", 256),
        (int) fields.number("uid", Integer.MIN_VALUE, Integer.MAX_VALUE),
        fields.text("command", ControlLimits.MAX_TEXT),
        state,
        fields.text("node", ControlLimits.MAX_NAME),
        fields.text("resources", JobSpec.MAX_RESOURCES),
        fields.number("everySeconds", 0, Long.MAX_VALUE, 0),
        fields.number("submittedMillis", 0, Long.MAX_VALUE, 0),
        fields.number("startedMillis", 0, Long.MAX_VALUE, 0),
        fields.number("endedMillis", 0, Long.MAX_VALUE, 0),
        fields.number("checkpointMillis", 0, Long.MAX_VALUE, 0),
        (int) fields.number("restarts", 0, Integer.MAX_VALUE, 0),
        fields.number("cpuMillis", 0, Long.MAX_VALUE, 0),
        exit == null ? null : ProcessExit.of(exit),
        fields.text("why", ControlLimits.MAX_TEXT));
  }
}

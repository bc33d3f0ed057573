package io.godwit.core.control;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A process tree under Godwit's care as a listing shows it.
 *
 * @param name the pod's name, unique in the cluster
 * @param hostPid the main process as the node that holds it numbers it; 0 when it has ended
 * @param podPid the same in its own namespace: equal on every node; 0 when not in a pod yet
 * @param state where it stands
 * @param node the node that holds it
 * @param home the node it was started on
 * @param uid whose it is
 * @param user the name of that user, or the number as text
 * @param command the command line
 * @param startedMillis when it began, milliseconds since 1970
 * @param cpuMillis processor time it has used
 * @param memoryBytes resident memory
 * @param epoch how often its owner changed, from 1
 * @param exit how it ended, in state {@link State#EXITED} only
 * @param dependencies what it needs of other nodes; empty unless asked for
 */
public record ProcessView(
    String name,
    int hostPid,
    int podPid,
    State state,
    String node,
    String home,
    int uid,
    String user,
    String command,
    long startedMillis,
    long cpuMillis,
    long memoryBytes,
    long epoch,
    @Nullable ProcessExit exit,
    List<Dependency> dependencies) {
  private static final int MAX_DEPENDENCIES = 4096;

  public ProcessView {
    dependencies = List.copyOf(dependencies);
  }

  /** Where a process stands. */
  public enum State {
    RUNNING("running"),
    /** Between negotiation and resume. */
    MIGRATING("migrating"),
    /** Stopped by Godwit, for example by a checkpoint. */
    FROZEN("frozen"),
    /** Nobody knows which node owns it until a silent node answers; it runs nowhere. */
    IN_DOUBT("in doubt"),
    /** Its node is silent: it is there by what the replicated registry was told last. */
    UNHEARD("unheard"),
    EXITED("exited"),
    /** Its node is gone. */
    LOST("lost");

    private final String wireName;

    State(String wireName) {
      this.wireName = wireName;
    }

    public String wireName() {
      return wireName;
    }
  }

  /**
   * A residual dependency.
   *
   * @param node on whom
   * @param kind for what, in one word: console, files, memory, network
   * @param detail the same in full
   */
  public record Dependency(String node, String kind, String detail) {
    JsonObject toJson() {
      JsonObject json = new JsonObject();
      json.addProperty("node", node);
      json.addProperty("kind", kind);
      json.addProperty("detail", detail);
      return json;
    }

    static Dependency of(JsonObject json) {
      Fields fields = Fields.of(json, "residual dependency");
      return new Dependency(
          fields.text("node", ControlLimits.MAX_NAME),
          fields.text("kind", ControlLimits.MAX_NAME),
          fields.text("detail", ControlLimits.MAX_TEXT));
    }
  }

  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("name", name);
    json.addProperty("pid", hostPid);
    json.addProperty("podPid", podPid);
    json.addProperty("state", state.wireName);
    json.addProperty("node", node);
    json.addProperty("home", home);
    json.addProperty("uid", uid);
    json.addProperty("user", user);
    json.addProperty("command", command);
    json.addProperty("startedMillis", startedMillis);
    json.addProperty("cpuMillis", cpuMillis);
    json.addProperty("memoryBytes", memoryBytes);
    json.addProperty("epoch", epoch);
    if (exit != null) {
      json.add("exit", exit.toJson());
    }
    if (!dependencies.isEmpty()) {
      JsonArray array = new JsonArray();
      for (Dependency dependency : dependencies) {
        array.add(dependency.toJson());
      }
      json.add("dependencies", array);
    }
    return json;
  }

  public static ProcessView of(JsonObject json) {
    Fields fields = Fields.of(json, "process");
    List<Dependency> dependencies = new ArrayList<>();
    for (JsonObject each : fields.objects("dependencies", MAX_DEPENDENCIES)) {
      dependencies.add(Dependency.of(each));
    }
    JsonObject exit = fields.optionalObject("exit");
    return new ProcessView(
        fields.text("name", ControlLimits.MAX_NAME),
        (int) fields.number("pid", 0, Integer.MAX_VALUE),
        (int) fields.number("podPid", 0, Integer.MAX_VALUE, 0),
        fields.named("state", State.values(), State::wireName),
        fields.text("node", ControlLimits.MAX_NAME),
        fields.text("home", ControlLimits.MAX_NAME),
        (int) fields.number("uid", Integer.MIN_VALUE, Integer.MAX_VALUE),
        fields.text("user", 256),
        fields.text("command", ControlLimits.MAX_TEXT),
        fields.number("startedMillis", 0, Long.MAX_VALUE),
        fields.number("cpuMillis", 0, Long.MAX_VALUE, 0),
        fields.number("memoryBytes", 0, Long.MAX_VALUE, 0),
        fields.number("epoch", 1, Long.MAX_VALUE, 1),
        exit == null ? null : ProcessExit.of(exit),
        dependencies);
  }
}

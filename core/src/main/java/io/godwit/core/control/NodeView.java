package io.godwit.core.control;

import com.google.gson.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * A node as a listing shows it.
 *
 * @param address host:port of its node protocol, empty where it serves none
 * @param cluster the cluster's name, empty for a node on its own
 * @param state whether it can take processes
 * @param detail why not, where it cannot; empty otherwise
 * @param self whether it is the node that was asked
 * @param release the release of Godwit it runs
 * @param kernel the kernel's release
 * @param architecture as uname(1) says it
 * @param processors online
 * @param load processes that run or wait for a processor, on average
 * @param memoryBytes installed
 * @param freeBytes available for new programs
 * @param processes under its care now
 * @param cpuUse share of its processors in use, 0 to 1
 * @param foreign processes here that were started on other nodes
 * @param ageMillis how old the load figures are; -1 where there are none
 * @param pressure where something waits; null where that is not known
 * @param ownerIdleMillis since the owner's last input; -1 where nobody is known to sit at it
 */
public record NodeView(
    String name,
    String address,
    String cluster,
    State state,
    String detail,
    boolean self,
    String release,
    String kernel,
    String architecture,
    int processors,
    double load,
    long memoryBytes,
    long freeBytes,
    int processes,
    double cpuUse,
    int foreign,
    long ageMillis,
    @Nullable Pressure pressure,
    long ownerIdleMillis) {
  /** Shares of the last ten seconds in which some task waited, 0 to 1: Linux PSI, "some avg10". */
  public record Pressure(double cpu, double memory, double io) {
    JsonObject toJson() {
      JsonObject json = new JsonObject();
      json.addProperty("cpu", cpu);
      json.addProperty("memory", memory);
      json.addProperty("io", io);
      return json;
    }

    static Pressure of(JsonObject json) {
      Fields fields = Fields.of(json, "pressure");
      return new Pressure(fields.real("cpu", 0), fields.real("memory", 0), fields.real("io", 0));
    }
  }

  /** Whether a node can take processes. */
  public enum State {
    READY("ready"),
    /** It answers but takes no foreign process. */
    UNWILLING("unwilling"),
    UNREACHABLE("unreachable");

    private final String wireName;

    State(String wireName) {
      this.wireName = wireName;
    }

    public String wireName() {
      return wireName;
    }
  }

  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("name", name);
    json.addProperty("address", address);
    json.addProperty("cluster", cluster);
    json.addProperty("state", state.wireName);
    json.addProperty("detail", detail);
    json.addProperty("self", self);
    json.addProperty("release", release);
    json.addProperty("kernel", kernel);
    json.addProperty("architecture", architecture);
    json.addProperty("processors", processors);
    json.addProperty("load", load);
    json.addProperty("memoryBytes", memoryBytes);
    json.addProperty("freeBytes", freeBytes);
    json.addProperty("processes", processes);
    json.addProperty("cpuUse", cpuUse);
    json.addProperty("foreign", foreign);
    json.addProperty("ageMillis", ageMillis);
    if (pressure != null) {
      json.add("pressure", pressure.toJson());
    }
    json.addProperty("ownerIdleMillis", ownerIdleMillis);
    return json;
  }

  public static NodeView of(JsonObject json) {
    Fields fields = Fields.of(json, "node");
    JsonObject pressure = fields.optionalObject("pressure");
    return new NodeView(
        fields.text("name", ControlLimits.MAX_NAME),
        fields.text("address", 300),
        fields.text("cluster", ControlLimits.MAX_NAME),
        fields.named("state", State.values(), State::wireName),
        fields.text("detail", ControlLimits.MAX_TEXT),
        fields.flag("self"),
        fields.text("release", 64),
        fields.text("kernel", 256),
        fields.text("architecture", 64),
        (int) fields.number("processors", 0, Integer.MAX_VALUE, 0),
        fields.real("load", 0),
        fields.number("memoryBytes", 0, Long.MAX_VALUE, 0),
        fields.number("freeBytes", 0, Long.MAX_VALUE, 0),
        (int) fields.number("processes", 0, Integer.MAX_VALUE, 0),
        fields.real("cpuUse", 0),
        (int) fields.number("foreign", 0, Integer.MAX_VALUE, 0),
        fields.number("ageMillis", -1, Long.MAX_VALUE, -1),
        pressure == null ? null : Pressure.of(pressure),
        fields.number("ownerIdleMillis", -1, Long.MAX_VALUE, -1));
  }
}

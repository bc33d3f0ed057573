package io.godwit.core.control;

import com.google.gson.JsonObject;

/**
 * How a process ended, or was left.
 *
 * @param status its exit status when no signal ended it, else 0
 * @param signal the signal that ended it, else 0
 * @param coreDumped whether the kernel wrote a core file
 */
public record ProcessExit(int status, int signal, boolean coreDumped) {
  private static final int WAIT_CORE_FLAG = 0x80;

  public ProcessExit {
    if (status < 0 || status > 255 || signal < 0 || signal > 127) {
      throw new IllegalArgumentException("no exit: status " + status + ", signal " + signal);
    }
  }

  /** From a status word of wait(2). */
  public static ProcessExit ofWaitStatus(int word) {
    int signal = word & 0x7f;
    return signal == 0
        ? new ProcessExit(word >> 8 & 0xff, 0, false)
        : new ProcessExit(0, signal, (word & WAIT_CORE_FLAG) != 0);
  }

  /** What a shell makes of it: the status, or 128 and the signal. */
  public int shellStatus() {
    return signal == 0 ? status : 128 + signal;
  }

  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("status", status);
    json.addProperty("signal", signal);
    json.addProperty("coreDumped", coreDumped);
    json.addProperty("shellStatus", shellStatus());
    return json;
  }

  public static ProcessExit of(JsonObject json) {
    Fields fields = Fields.of(json, "exit of a process");
    return new ProcessExit(
        (int) fields.number("status", 0, 255, 0),
        (int) fields.number("signal", 0, 127, 0),
        fields.flag("coreDumped"));
  }
}

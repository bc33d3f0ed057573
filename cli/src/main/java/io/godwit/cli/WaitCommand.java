package io.godwit.cli;

import com.google.gson.JsonObject;
import io.godwit.core.control.JsonText;
import io.godwit.core.control.Method;
import io.godwit.core.control.ProcessExit;

/** {@code godwit wait}. */
public final class WaitCommand extends DaemonCommand {
  private final Text what;

  public WaitCommand(CommandIo io) {
    super(
        io,
        "wait",
        "Wait until a process has ended, wherever in the cluster it is.",
        "Exits with its status, or with 128 and the signal that ended it.");
    what = argument("WHAT", "The name of a process as godwit ps shows it, or its PID.");
    examples("godwit wait job; echo $?", "godwit wait job --json");
  }

  @Override
  public Integer call() {
    JsonObject params = new JsonObject();
    params.addProperty("what", what.required());
    JsonObject result = ask(Method.WAIT, params);
    if (json.given()) {
      io.out().println(JsonText.write(result));
    }
    return ProcessExit.of(result).shellStatus();
  }
}

package io.godwit.cli;

import com.google.gson.JsonObject;
import io.godwit.core.control.JsonText;
import io.godwit.core.control.Method;
import io.godwit.core.control.ProcessView;
import org.jspecify.annotations.Nullable;

/** {@code godwit adopt}. */
public final class AdoptCommand extends DaemonCommand {
  private static final int PID_MAX = 1 << 22;

  private final Text pid;
  private final Text name;

  public AdoptCommand(CommandIo io) {
    super(
        io,
        "adopt",
        "Take a process of this node, its children included, into Godwit's care.",
        "It was started without Godwit, is not disturbed, and can then be moved.");
    name = option("NAME", "The name to give it (default: made from its command).", "--name");
    pid = argument("PID", "Its process id on this node.");
    examples("godwit adopt 4711", "godwit adopt $(pgrep simulate) --name sim");
  }

  @Override
  public Integer call() {
    JsonObject params = new JsonObject();
    if (pid.value() == null) {
      throw pid.bad("it is missing");
    }
    params.addProperty("pid", pid.number(0, 1, PID_MAX));
    @Nullable String given = name.value();
    params.addProperty("name", given);
    JsonObject result = ask(Method.ADOPT, params);
    ProcessView process = ProcessView.of(result);
    io.out()
        .println(
            json.given()
                ? JsonText.write(result)
                : process.name()
                    + ": process "
                    + process.hostPid()
                    + " ("
                    + process.command()
                    + ")");
    return 0;
  }
}

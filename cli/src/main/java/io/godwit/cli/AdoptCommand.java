package io.godwit.cli;

import com.google.gson.JsonObject;
import io.godwit.core.control.JsonText;
import io.godwit.core.control.Method;
import io.godwit.core.control.MigrateSpec;
import io.godwit.core.control.ProcessView;
import org.jspecify.annotations.Nullable;

/** {@code godwit adopt}. */
public final class AdoptCommand extends DaemonCommand {
  private static final int PID_MAX = 1 << 22;

  private final Text pid;
  private final Text name;
  private final Text to;

  public AdoptCommand(CommandIo io) {
    super(
        io,
        "adopt",
        "Take a process of this node, its children included, into Godwit's care.",
        "It was started without Godwit. It is frozen for a moment and goes on in a pod, in which it"
            + " keeps its process id; who started it sees it end there. What it prints goes where"
            + " it went before.");
    name = option("NAME", "The name to give it (default: made from its command).", "--name");
    to = option("NODE", "Move it there at once.", "--to");
    pid = argument("PID", "Its process id on this node.");
    examples("godwit adopt 4711", "godwit adopt $(pgrep simulate) --name sim --to beta");
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
    if (to.value() != null) {
      try (ProgressBar bar = new ProgressBar(io, json.given())) {
        ask(
            Method.MIGRATE,
            new MigrateSpec(process.name(), to.required(), "").toJson(),
            bar.events());
      }
    }
    io.out()
        .println(
            json.given()
                ? JsonText.write(result)
                : process.name()
                    + ": process "
                    + process.podPid()
                    + " ("
                    + process.command()
                    + ")");
    return 0;
  }
}

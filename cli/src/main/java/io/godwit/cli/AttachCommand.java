package io.godwit.cli;

import com.google.gson.JsonObject;
import io.godwit.core.control.Method;

/** {@code godwit attach}. */
public final class AttachCommand extends DaemonCommand {
  private final Text what;
  private final Flag replay;
  private final Flag noStdin;

  public AttachCommand(CommandIo io) {
    super(
        io,
        "attach",
        "Connect this terminal, or these pipes, with the console of a process.",
        "Ctrl-P Ctrl-Q leaves it; the process goes on. Exits with its status when it ends.");
    replay = flag("Print first what it has printed so far, as far as it is kept.", "--replay");
    noStdin = flag("Do not pass standard input on.", "-n", "--no-stdin");
    what = argument("WHAT", "The name of a process as godwit ps shows it, or its PID.");
    examples("godwit attach job", "godwit attach --replay --no-stdin job");
  }

  @Override
  public Integer call() {
    JsonObject params = new JsonObject();
    params.addProperty("what", what.required());
    params.addProperty("replay", replay.given());
    try (ControlClient client = connect()) {
      boolean terminal = io.inTerminal() && io.outTerminal() && !noStdin.given();
      ConsoleSession session = new ConsoleSession(io, client, terminal, !noStdin.given());
      return RunCommand.status(io, session.run(Method.ATTACH, params));
    }
  }
}

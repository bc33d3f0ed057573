package io.godwit.cli;

import com.google.gson.JsonObject;
import io.godwit.core.control.Method;

/** {@code godwit logs}. */
public final class LogsCommand extends DaemonCommand {
  private final Text what;
  private final Flag follow;
  private final Text tail;

  public LogsCommand(CommandIo io) {
    super(
        io,
        "logs",
        "Print what a process has written to its standard output and error.",
        "With --json each piece is a line: {\"stream\":\"output\",\"text\":...}.");
    follow = flag("Go on until the process ends.", "-f", "--follow");
    tail = option("BYTES", "At most so much of the past (default: all that is kept).", "--tail");
    what = argument("WHAT", "The name of a process as godwit ps shows it, or its PID.");
    examples("godwit logs job", "godwit logs -f job", "godwit logs --tail 4096 job");
  }

  @Override
  public Integer call() {
    JsonObject params = new JsonObject();
    params.addProperty("what", what.required());
    params.addProperty("follow", follow.given());
    params.addProperty("tailBytes", tail.number(Long.MAX_VALUE, 0, Long.MAX_VALUE));
    try (ControlClient client = connect()) {
      new ConsoleOutput(io, json.given()).relay(client, Method.LOGS, params);
    }
    return 0;
  }
}

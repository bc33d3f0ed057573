package io.godwit.cli;

import com.google.gson.JsonObject;
import io.godwit.core.control.JsonText;
import io.godwit.core.control.Method;
import io.godwit.core.control.ProcessExit;
import io.godwit.core.control.ProcessView;
import io.godwit.core.control.RunSpec;
import io.godwit.core.control.WindowSize;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code godwit run}. */
public final class RunCommand extends DaemonCommand {
  private final Text name;
  private final Text node;
  private final Flag detach;
  private final Flag noStdin;
  private final Texts environment;
  private final Text directory;
  private final Text user;
  private final Flag network;
  private final Texts program;

  public RunCommand(CommandIo io) {
    super(
        io,
        "run",
        "Run a program so that it can be moved while it runs.",
        "Attached, as with ssh -t: terminal, pipes, signals and exit status pass through. Ctrl-P"
            + " Ctrl-Q leaves it running. Options stand before the program.");
    detach = flag("Return once it runs; see godwit logs and attach.", "-d", "--detach");
    name = option("NAME", "Its name (default: made from the program's).", "--name");
    node = option("NODE", "The node to start on (default: this one).", "--on");
    environment =
        repeatedOption("NAME=VALUE", "Set a variable besides those of this shell.", "-e", "--env");
    directory = option("DIR", "Its working directory (default: the present one).", "--workdir");
    user = option("USER", "Run as this user; root alone.", "--user");
    network = flag("Give it a network namespace and address of its own.", "--network");
    noStdin = flag("Connect its standard input to /dev/null.", "-n", "--no-stdin");
    program = rest("PROGRAM", "The program and its arguments.");
    examples(
        "godwit run ./simulate --steps 1000000",
        "godwit run --detach --name sim ./simulate",
        "godwit run --on beta -- make -j8",
        "tar c . | godwit run xz -9 > all.tar.xz");
  }

  @Override
  public Integer call() {
    boolean attached = !detach.given();
    boolean stdin = attached && !noStdin.given();
    boolean terminal = stdin && io.inTerminal() && io.outTerminal();
    JsonObject params = specification(terminal, stdin).toJson();
    if (!attached) {
      JsonObject result = ask(Method.RUN, params);
      ProcessView process = ProcessView.of(result);
      io.out().println(json.given() ? JsonText.write(result) : process.name());
      return 0;
    }
    params.addProperty("attach", true);
    try (ControlClient client = connect()) {
      return status(io, new ConsoleSession(io, client, terminal, stdin).run(Method.RUN, params));
    }
  }

  private RunSpec specification(boolean terminal, boolean stdin) {
    WindowSize size = terminal ? RawTerminal.windowSize() : null;
    return new RunSpec(
        name.podName(),
        program.values(),
        variables(),
        directory.directory(),
        user.value(),
        node.value(),
        network.given(),
        size,
        stdin);
  }

  private List<String> variables() {
    Map<String, String> all = new LinkedHashMap<>(io.environment());
    for (String each : environment.values()) {
      int equals = each.indexOf('=');
      if (equals <= 0) {
        throw new Text("--env").bad("'" + each + "' is not NAME=VALUE");
      }
      all.put(each.substring(0, equals), each.substring(equals + 1));
    }
    List<String> entries = new ArrayList<>(all.size());
    all.forEach((key, value) -> entries.add(key + "=" + value));
    return entries;
  }

  /** The exit status of a console that has ended, or was left. */
  static int status(CommandIo io, ConsoleSession.End end) {
    ProcessExit exit = end.exit();
    if (exit != null) {
      return exit.shellStatus();
    }
    ProcessView process = end.process();
    if (process != null) {
      io.err().println("detached; come back with: godwit attach " + process.name());
    }
    return 0;
  }
}

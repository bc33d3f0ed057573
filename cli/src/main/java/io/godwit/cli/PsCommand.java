package io.godwit.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.godwit.core.control.Fields;
import io.godwit.core.control.JsonText;
import io.godwit.core.control.Method;
import io.godwit.core.control.ProcessExit;
import io.godwit.core.control.ProcessView;
import io.godwit.core.control.SignalNumber;
import java.util.ArrayList;
import java.util.List;

/** {@code godwit ps}. */
public final class PsCommand extends DaemonCommand {
  private static final int MAX_PROCESSES = 100_000;

  private final Flag all;
  private final Flag dependencies;

  public PsCommand(CommandIo io) {
    super(
        io,
        "ps",
        "List the processes under Godwit's care, wherever in the cluster they are.",
        "'unheard' is what only the replicated registry tells of: its node is silent.");
    all = flag("Show processes that have ended too.", "-a", "--all");
    dependencies =
        flag(
            "Show the residual dependencies: which node each process needs, and for what.",
            "--dependencies");
    examples(
        "godwit ps                   your processes; root sees everybody's",
        "godwit ps --all             ended ones as well",
        "godwit ps --dependencies    and which node each still needs, and for what",
        "godwit ps --json            the same for programs");
  }

  @Override
  public Integer call() {
    JsonObject params = new JsonObject();
    params.addProperty("dependencies", dependencies.given());
    JsonObject result = ask(Method.PROCESSES, params);
    List<ProcessView> processes = new ArrayList<>();
    for (JsonObject each : Fields.of(result, "listing").objects("processes", MAX_PROCESSES)) {
      ProcessView process = ProcessView.of(each);
      if (all.given() || process.state() != ProcessView.State.EXITED) {
        processes.add(process);
      }
    }
    if (json.given()) {
      JsonObject document = new JsonObject();
      JsonArray array = new JsonArray();
      processes.forEach(process -> array.add(process.toJson()));
      document.add("processes", array);
      io.out().println(JsonText.write(document));
    } else {
      print(processes);
    }
    return 0;
  }

  private void print(List<ProcessView> processes) {
    long now = System.currentTimeMillis();
    TextTable table =
        new TextTable(
            "NAME", ">PID", "USER", "STATE", "NODE", "HOME", ">AGE", ">CPU", ">MEMORY", ">MOVES",
            "COMMAND");
    for (ProcessView process : processes) {
      table.row(
          process.name(),
          process.hostPid() == 0 ? "-" : Integer.toString(process.hostPid()),
          process.user(),
          state(process),
          process.node(),
          process.home(),
          Quantities.span(now - process.startedMillis()),
          Quantities.span(process.cpuMillis()),
          Quantities.bytes(process.memoryBytes()),
          Long.toString(process.epoch() - 1),
          process.command());
    }
    table.print(io.out());
    if (dependencies.given()) {
      printDependencies(processes);
    }
  }

  private void printDependencies(List<ProcessView> processes) {
    io.out().println();
    TextTable table = new TextTable("NAME", "NEEDS", "FOR", "DETAIL");
    for (ProcessView process : processes) {
      for (ProcessView.Dependency each : process.dependencies()) {
        table.row(process.name(), each.node(), each.kind(), each.detail());
      }
    }
    table.print(io.out());
  }

  private static String state(ProcessView process) {
    ProcessExit exit = process.exit();
    if (exit == null) {
      return process.state().wireName();
    }
    return exit.signal() == 0
        ? "exited " + exit.status()
        : "ended by " + SignalNumber.name(exit.signal());
  }
}

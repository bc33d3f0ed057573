package io.godwit.cli;

import com.google.gson.JsonObject;
import io.godwit.core.control.Fields;
import io.godwit.core.control.JsonText;
import io.godwit.core.control.Method;
import io.godwit.core.control.NodeView;
import io.godwit.core.control.RegistryView;

/** {@code godwit nodes}. */
public final class NodesCommand extends DaemonCommand {
  private static final int MAX_NODES = 10_000;

  public NodesCommand(CommandIo io) {
    super(
        io,
        "nodes",
        "List the nodes of the cluster: whether they take processes, load and memory.",
        "LOAD counts what runs or waits for a processor; AGE tells how old that knowledge is.",
        "Where there is a replicated registry, the last line tells who keeps it and whether it"
            + " decides.");
    examples(
        "godwit nodes           * marks the node you are on",
        "godwit nodes --json    the same for programs");
  }

  @Override
  public Integer call() {
    JsonObject result = ask(Method.NODES, new JsonObject());
    if (json.given()) {
      io.out().println(JsonText.write(result));
      return 0;
    }
    TextTable table =
        new TextTable(
            "NODE",
            "ADDRESS",
            "STATE",
            ">CPUS",
            ">LOAD",
            ">CPU",
            ">AGE",
            ">MEMORY",
            ">FREE",
            ">PROCESSES",
            ">FOREIGN",
            "KERNEL",
            "RELEASE",
            "DETAIL");
    for (JsonObject each : Fields.of(result, "listing").objects("nodes", MAX_NODES)) {
      NodeView node = NodeView.of(each);
      table.row(
          (node.self() ? "*" : "") + node.name(),
          node.address().isEmpty() ? "-" : node.address(),
          node.state().wireName(),
          Integer.toString(node.processors()),
          Quantities.fixed(node.load(), 2),
          Quantities.fixed(node.cpuUse() * 100, 0) + "%",
          node.ageMillis() < 0 ? "-" : Quantities.micros(node.ageMillis() * 1000),
          Quantities.bytes(node.memoryBytes()),
          Quantities.bytes(node.freeBytes()),
          Integer.toString(node.processes()),
          Integer.toString(node.foreign()),
          node.kernel(),
          node.release(),
          node.detail());
    }
    table.print(io.out());
    JsonObject registry = Fields.of(result, "listing").optionalObject("registry");
    if (registry != null) {
      io.out().println();
      io.out().println(words(RegistryView.of(registry)));
    }
    return 0;
  }

  /** The registry in one line: who keeps it, who leads, and whether it decides. */
  private static String words(RegistryView registry) {
    StringBuilder words = new StringBuilder("registry: voters ");
    words.append(String.join(", ", registry.voters()));
    if (registry.majority()) {
      words
          .append("; ")
          .append(registry.leader())
          .append(" leads; this node is with the majority; ")
          .append(registry.processes())
          .append(registry.processes() == 1 ? " process" : " processes");
    } else {
      words
          .append("; no majority here, so nobody is restarted elsewhere: ")
          .append(registry.trouble().isEmpty() ? "no leader is known" : registry.trouble());
    }
    return words.toString();
  }
}

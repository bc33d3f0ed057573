package io.godwit.cli;

import com.google.gson.JsonObject;
import io.godwit.core.control.Fields;
import io.godwit.core.control.JsonText;
import io.godwit.core.control.Method;
import io.godwit.core.control.NodeView;

/** {@code godwit nodes}. */
public final class NodesCommand extends DaemonCommand {
  private static final int MAX_NODES = 10_000;

  public NodesCommand(CommandIo io) {
    super(
        io,
        "nodes",
        "List the nodes of the cluster: whether they take processes, load and memory.");
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
            ">MEMORY",
            ">FREE",
            ">PROCESSES",
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
          Quantities.bytes(node.memoryBytes()),
          Quantities.bytes(node.freeBytes()),
          Integer.toString(node.processes()),
          node.kernel(),
          node.release(),
          node.detail());
    }
    table.print(io.out());
    return 0;
  }
}

package io.godwit.cli;

import com.google.gson.JsonObject;
import io.godwit.core.control.DrainView;
import io.godwit.core.control.JsonText;
import io.godwit.core.control.Method;
import io.godwit.core.control.NodeAction;

/** {@code godwit owner}. */
public final class OwnerCommand extends DaemonCommand {
  private final Text action;
  private final Text node;

  public OwnerCommand(CommandIo io) {
    super(
        io,
        "owner",
        "Tell a workstation that its owner is back, or has left.",
        "While the owner is there no foreign process comes, and those that are there leave or get",
        "the lowest share of the processor, as the scheduling profile says. With owner.watch in"
            + " the",
        "node's configuration the node notices by itself; this is for screen savers and sessions.");
    node = option("NODE", "The node (default: this one).", "--node");
    action = argument("ACTION", "returned, or left.");
    examples("sudo godwit owner returned", "sudo godwit owner left");
  }

  @Override
  public Integer call() {
    NodeAction said =
        switch (action.required()) {
          case "returned" -> NodeAction.OWNER_RETURNED;
          case "left" -> NodeAction.OWNER_LEFT;
          default -> throw action.bad("'" + action.required() + "' is neither returned nor left");
        };
    JsonObject params = new JsonObject();
    if (!node.orElse("").isEmpty()) {
      params.addProperty("node", node.orElse(""));
    }
    params.addProperty("action", said.wireName());
    params.addProperty("waitMillis", 10_000);
    JsonObject result = ask(Method.ADMINISTER, params);
    if (json.given()) {
      io.out().println(JsonText.write(result));
      return 0;
    }
    DrainView report = DrainView.of(result);
    if (said == NodeAction.OWNER_LEFT) {
      io.out().println(report.node() + " takes processes again");
      return 0;
    }
    report.outcomes().stream()
        .filter(each -> each.to().isEmpty())
        .forEach(each -> io.err().println(each.process() + " stays so far: " + each.why()));
    io.out().println(report.node() + ": " + report.left() + " foreign processes are still there");
    return 0;
  }
}

package io.godwit.cli;

import com.google.gson.JsonObject;
import io.godwit.core.ExitStatus;
import io.godwit.core.control.ControlMessage;
import io.godwit.core.control.DrainView;
import io.godwit.core.control.JsonText;
import io.godwit.core.control.Method;
import io.godwit.core.control.NodeAction;
import java.util.Locale;

/** {@code godwit drain}. */
public final class DrainCommand extends DaemonCommand {
  private static final long MILLIS = 1000;
  private static final long MOST_SECONDS = 30L * 86_400;

  private final Text node;
  private final Text wait;

  public DrainCommand(CommandIo io) {
    super(
        io,
        "drain",
        "Empty a node: every process leaves it, alive, and none comes until undrain.",
        "Prints where each one went, and for each that cannot leave the reason.");
    wait =
        option(
            "SECONDS",
            "Stop waiting after this time; what still can leave goes on leaving (default: wait).",
            "--wait");
    node = optionalArgument("NODE", "The node to empty (default: this one).");
    examples(
        "sudo godwit drain beta",
        "sudo godwit drain beta --wait 60 && reboot-it beta",
        "sudo godwit undrain beta");
  }

  @Override
  public Integer call() {
    JsonObject params = new JsonObject();
    if (!node.orElse("").isEmpty()) {
      params.addProperty("node", node.orElse(""));
    }
    params.addProperty("action", NodeAction.DRAIN.wireName());
    params.addProperty("waitMillis", wait.number(0, 0, MOST_SECONDS) * MILLIS);
    JsonObject result = ask(Method.ADMINISTER, params, this::news);
    DrainView report = DrainView.of(result);
    if (json.given()) {
      io.out().println(JsonText.write(result));
    } else {
      long gone = report.outcomes().stream().filter(o -> !o.to().isEmpty()).count();
      io.out()
          .printf(
              Locale.ROOT, "%s: %d left it, %d still there%n", report.node(), gone, report.left());
    }
    return report.left() == 0 ? 0 : ExitStatus.REFUSED.number();
  }

  private void news(ControlMessage.Event event) {
    if (!event.kind().equals(DrainView.KIND) || json.given()) {
      return;
    }
    for (DrainView.Outcome each : DrainView.of(event.data()).outcomes()) {
      if (each.to().isEmpty()) {
        io.err().println(each.process() + " stays so far: " + each.why());
      } else {
        io.out().println(each.process() + " -> " + each.to());
      }
    }
    io.out().flush();
  }
}

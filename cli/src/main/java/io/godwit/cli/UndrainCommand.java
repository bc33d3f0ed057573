package io.godwit.cli;

import com.google.gson.JsonObject;
import io.godwit.core.control.DrainView;
import io.godwit.core.control.JsonText;
import io.godwit.core.control.Method;
import io.godwit.core.control.NodeAction;

/** {@code godwit undrain}. */
public final class UndrainCommand extends DaemonCommand {
  private final Text node;

  public UndrainCommand(CommandIo io) {
    super(io, "undrain", "Open a drained node again: it takes processes as its profile says.");
    node = optionalArgument("NODE", "The node (default: this one).");
    examples("sudo godwit undrain beta");
  }

  @Override
  public Integer call() {
    JsonObject params = new JsonObject();
    if (!node.orElse("").isEmpty()) {
      params.addProperty("node", node.orElse(""));
    }
    params.addProperty("action", NodeAction.UNDRAIN.wireName());
    JsonObject result = ask(Method.ADMINISTER, params);
    io.out()
        .println(
            json.given()
                ? JsonText.write(result)
                : DrainView.of(result).node() + " takes processes again");
    return 0;
  }
}

package io.godwit.app;

import com.google.gson.JsonObject;
import io.godwit.cli.CommandIo;
import io.godwit.cli.DaemonCommand;
import io.godwit.core.GodwitException;
import io.godwit.core.Release;
import io.godwit.core.control.ControlLimits;
import io.godwit.core.control.JsonText;
import io.godwit.core.control.Method;
import io.godwit.core.control.NodeView;

/** {@code godwit version}. */
final class VersionCommand extends DaemonCommand {
  VersionCommand(CommandIo io) {
    super(io, "version", "Print the release of this command and of the node's daemon.");
    examples("godwit version", "godwit version --json");
  }

  @Override
  public Integer call() {
    String daemon;
    try {
      daemon = NodeView.of(ask(Method.SELF, new JsonObject())).release();
    } catch (GodwitException e) {
      daemon = ""; // no daemon is no failure here
    }
    if (json.given()) {
      JsonObject document = new JsonObject();
      document.addProperty("release", Release.VERSION);
      document.addProperty("protocol", ControlLimits.VERSION);
      document.addProperty("java", System.getProperty("java.version"));
      document.addProperty("daemon", daemon.isEmpty() ? null : daemon);
      io.out().println(JsonText.write(document));
    } else {
      io.out().println("godwit " + Release.VERSION);
      io.out().println("daemon " + (daemon.isEmpty() ? "not running" : daemon));
      io.out().println("java   " + System.getProperty("java.version"));
    }
    return 0;
  }
}

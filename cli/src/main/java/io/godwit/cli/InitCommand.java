package io.godwit.cli;

import com.google.gson.JsonObject;
import io.godwit.core.control.ClusterView;
import io.godwit.core.control.JsonText;
import io.godwit.core.control.Method;

/** {@code godwit init}. */
public final class InitCommand extends DaemonCommand {
  private final Text name;

  public InitCommand(CommandIo io) {
    super(
        io,
        "init",
        "Make a cluster with this node as its first: a key of its own, that no stranger has.",
        "Ask as root; the node's daemon runs already.");
    name = option("NAME", "The cluster's name (default: godwit).", "--name");
    examples("sudo godwit init", "sudo godwit init --name flock");
  }

  @Override
  public Integer call() {
    JsonObject params = new JsonObject();
    params.addProperty("name", name.orElse("godwit"));
    JsonObject result = ask(Method.INIT, params);
    if (json.given()) {
      io.out().println(JsonText.write(result));
      return 0;
    }
    ClusterView cluster = ClusterView.of(result);
    io.out().println("cluster " + cluster.name() + ", node " + cluster.node());
    io.out().println("listening for other nodes on " + cluster.address());
    io.out().println("fingerprint of its key: " + cluster.fingerprint());
    io.out().println("let another node join with: sudo godwit token");
    return 0;
  }
}

package io.godwit.cli;

import com.google.gson.JsonObject;
import io.godwit.core.control.ClusterView;
import io.godwit.core.control.JsonText;
import io.godwit.core.control.Method;

/** {@code godwit join}. */
public final class JoinCommand extends DaemonCommand {
  private final Text address;
  private final Text token;

  public JoinCommand(CommandIo io) {
    super(io, "join", "Take this node into a cluster, with a token that one of its nodes made.");
    address = argument("ADDRESS", "Host and port of a node of the cluster, as its token said.");
    token = argument("TOKEN", "The token.");
    examples("sudo godwit join alpha:7411 gw1-3f9a...");
  }

  @Override
  public Integer call() {
    JsonObject params = new JsonObject();
    params.addProperty("address", address.required());
    params.addProperty("token", token.required());
    JsonObject result = ask(Method.JOIN, params);
    ClusterView cluster = ClusterView.of(result);
    io.out()
        .println(
            json.given()
                ? JsonText.write(result)
                : "node " + cluster.node() + " joined cluster " + cluster.name());
    return 0;
  }
}

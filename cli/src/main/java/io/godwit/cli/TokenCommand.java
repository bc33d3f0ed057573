package io.godwit.cli;

import com.google.gson.JsonObject;
import io.godwit.core.control.JoinToken;
import io.godwit.core.control.JsonText;
import io.godwit.core.control.Method;
import java.time.Duration;

/** {@code godwit token}. */
public final class TokenCommand extends DaemonCommand {
  private static final long USUAL_MINUTES = 60;
  private static final long MAX_MINUTES = Duration.ofDays(30).toMinutes();

  private final Text minutes;

  public TokenCommand(CommandIo io) {
    super(io, "token", "Make a token with which one more node can join the cluster, once.");
    minutes = option("MINUTES", "How long it is good for (default: 60).", "--valid");
    examples("sudo godwit token", "sudo godwit token --valid 10 --json");
  }

  @Override
  public Integer call() {
    JsonObject params = new JsonObject();
    long valid = minutes.number(USUAL_MINUTES, 1, MAX_MINUTES);
    params.addProperty("validSeconds", Duration.ofMinutes(valid).toSeconds());
    JsonObject result = ask(Method.TOKEN, params);
    if (json.given()) {
      io.out().println(JsonText.write(result));
      return 0;
    }
    JoinToken token = JoinToken.of(result);
    io.out().println("on the new node, within " + valid + " minutes:");
    io.out().println("  sudo godwit join " + token.address() + " " + token.token());
    return 0;
  }
}

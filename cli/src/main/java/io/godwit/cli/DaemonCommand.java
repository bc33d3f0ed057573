package io.godwit.cli;

import com.google.gson.JsonObject;
import io.godwit.core.control.ControlMessage;
import io.godwit.core.control.Method;
import io.godwit.core.control.SocketLocation;
import java.util.function.Consumer;

/** A subcommand that asks the daemon of its node. */
public abstract class DaemonCommand extends CommandBody {
  private final Text socket;

  protected DaemonCommand(CommandIo io, String name, String... description) {
    super(io, name, description);
    socket =
        option(
            "FILE",
            "The daemon's control socket (default: $GODWIT_SOCKET, else /run/godwit/control.sock).",
            "--socket");
  }

  /** A conversation with the daemon, not begun yet. */
  protected ControlClient connect() {
    return ControlClient.connect(SocketLocation.find(socket.path(), io.environment()));
  }

  /** Asks one question and gives the answer. */
  protected JsonObject ask(Method method, JsonObject params) {
    return ask(method, params, event -> {});
  }

  /** As above, with the events on the way. */
  protected JsonObject ask(
      Method method, JsonObject params, Consumer<ControlMessage.Event> events) {
    try (ControlClient client = connect()) {
      return client.ask(method, params, events);
    }
  }
}

package io.godwit.cli;

import com.google.gson.JsonObject;
import io.godwit.core.control.Method;
import io.godwit.core.control.SocketLocation;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A subcommand that asks the daemon of its node. */
public abstract class DaemonCommand extends CommandBody {
  @Option(
      names = "--socket",
      paramLabel = "FILE",
      description =
          "The daemon's control socket (default: $GODWIT_SOCKET, else /run/godwit/control.sock).")
  protected @Nullable Path socket;

  protected DaemonCommand(CommandIo io) {
    super(io);
  }

  /** A conversation with the daemon, not begun yet. */
  protected ControlClient connect() {
    return ControlClient.connect(SocketLocation.find(socket, io.environment()));
  }

  /** Asks one question and gives the answer. */
  protected JsonObject ask(Method method, JsonObject params) {
    try (ControlClient client = connect()) {
      return client.ask(method, params);
    }
  }
}

package io.godwit.app;

import io.godwit.cli.CommandBody;
import io.godwit.cli.CommandIo;
import io.godwit.cli.Text;
import io.godwit.core.control.SocketLocation;
import io.godwit.engine.Engine;
import io.godwit.engine.StandardKinds;
import io.godwit.node.Configuration;
import io.godwit.node.ConfigurationReader;
import io.godwit.node.daemon.Daemon;
import io.godwit.node.migration.PhaseGate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;

/** {@code godwit node}: the daemon, in the foreground. Its pods go on when it ends. */
final class NodeCommand extends CommandBody {
  private final Text config;
  private final Text state;
  private final Text socket;

  NodeCommand(CommandIo io) {
    super(
        io,
        "node",
        "Run this machine's daemon in the foreground, until SIGTERM or SIGINT.",
        "The programs in its care go on when it ends; the next daemon takes them up again.");
    config =
        option(
            "FILE",
            "The configuration (default: " + Configuration.DEFAULT_FILE + " where it exists).",
            "--config");
    state =
        option(
            "DIR", "Keys, journal and pods (default: node.state of the configuration).", "--state");
    socket =
        option(
            "FILE",
            "Where commands reach it (default: "
                + usualSocket()
                + ", or control.sock in a state directory that is not the usual one).",
            "--socket");
    examples("sudo godwit node", "sudo godwit node --config ./alpha.toml");
  }

  @Override
  public Integer call() throws InterruptedException {
    Configuration configuration = configuration();
    try (Daemon daemon =
        Daemon.start(
            configuration,
            controlSocket(configuration),
            new Engine(StandardKinds.all()),
            PhaseGate.OPEN,
            InstantSource.system())) {
      Thread ending = Thread.ofPlatform().name("godwit-stop").unstarted(daemon::close);
      Runtime.getRuntime().addShutdownHook(ending);
      daemon.awaitClosed();
    }
    return 0;
  }

  private Configuration configuration() {
    Path file = config.path();
    Path usual = Path.of(Configuration.DEFAULT_FILE);
    if (file == null && !Files.exists(usual)) {
      return ConfigurationReader.parse("", "defaults", state.path());
    }
    return ConfigurationReader.read(file == null ? usual : file, state.path());
  }

  private Path controlSocket(Configuration configuration) {
    Path named = socket.path();
    if (named != null) {
      return named;
    }
    return configuration.state().equals(Path.of(Configuration.DEFAULT_STATE))
        ? usualSocket()
        : configuration.state().resolve(SocketLocation.FILE_NAME);
  }

  private static Path usualSocket() {
    return SocketLocation.SYSTEM_RUN_DIRECTORY.resolve(SocketLocation.FILE_NAME);
  }
}

package io.godwit.it.fault;

import io.godwit.core.control.SocketLocation;
import io.godwit.engine.Engine;
import io.godwit.engine.StandardKinds;
import io.godwit.node.Configuration;
import io.godwit.node.ConfigurationReader;
import io.godwit.node.daemon.Daemon;
import java.nio.file.Path;
import java.time.InstantSource;

/** The daemon as {@code godwit node} makes it, with gates before its phases. */
public final class GatedDaemon {
  private GatedDaemon() {}

  /**
   * Runs until it is killed.
   *
   * @param arguments the directory of the gates, {@code --config}, the configuration
   */
  public static void main(String[] arguments) throws InterruptedException {
    Configuration configuration = ConfigurationReader.read(Path.of(arguments[2]), null);
    try (Daemon daemon =
        Daemon.start(
            configuration,
            configuration.state().resolve(SocketLocation.FILE_NAME),
            new Engine(StandardKinds.all()),
            new FileGate(Path.of(arguments[0])),
            InstantSource.system())) {
      Runtime.getRuntime()
          .addShutdownHook(Thread.ofPlatform().name("godwit-stop").unstarted(daemon::close));
      daemon.awaitClosed();
    }
  }
}

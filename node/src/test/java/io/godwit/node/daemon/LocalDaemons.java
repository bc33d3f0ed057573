package io.godwit.node.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.core.NodeId;
import io.godwit.core.control.JoinToken;
import io.godwit.core.control.NodeView;
import io.godwit.core.control.RunSpec;
import io.godwit.engine.Engine;
import io.godwit.engine.StandardKinds;
import io.godwit.node.Configuration;
import io.godwit.node.control.Caller;
import io.godwit.node.journal.DurableFiles;
import io.godwit.node.migration.PhaseGate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;

/** Daemons of this process on 127.0.0.1, which move nothing of their own accord. */
final class LocalDaemons {
  static final Caller ROOT = new Caller(0, "root");

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private LocalDaemons() {}

  /** Skips the test where no pods can be made. */
  static void assumePossible() throws IOException {
    Assumptions.assumeTrue(
        Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0),
        "pods are made by root only");
    Assumptions.assumeTrue(
        Files.readString(Path.of("/proc/self/mounts")).contains(" cgroup2 "),
        "pods need a cgroup v2 hierarchy, which is not mounted here");
  }

  /** Starts one whose state lies below a directory. */
  static Daemon start(Path directory, String name) {
    Path pages = directory.resolve("pages");
    DurableFiles.ownedDirectory(pages);
    Configuration.Store usual = Configuration.Store.DEFAULT;
    return Daemon.start(
        Configuration.defaults(new NodeId(name), directory.resolve(name))
            .underProfile("none")
            .storingPages(
                new Configuration.Store(pages, null, usual.limitBytes(), usual.retention()))
            .at("127.0.0.1:0", "127.0.0.1:0", 0)
            .tellingMetricsAt("127.0.0.1:0"),
        directory.resolve(name + ".sock"),
        new Engine(StandardKinds.all()),
        PhaseGate.OPEN,
        InstantSource.system());
  }

  /** Makes a cluster of two, which hear each other when this returns. */
  static void couple(Daemon alpha, Daemon beta) {
    var _ = alpha.operations().createCluster("flock");
    JoinToken token = alpha.operations().createToken(Duration.ofMinutes(1));
    var _ = beta.operations().join(token.address(), token.token());
    for (Daemon each : List.of(alpha, beta)) {
      await(each.self() + " hears the other", () -> ready(each) == 2);
    }
  }

  private static long ready(Daemon daemon) {
    return daemon.operations().nodes().stream()
        .filter(node -> node.state() == NodeView.State.READY)
        .count();
  }

  /** A program without a terminal. */
  static RunSpec program(String name, String... arguments) {
    return new RunSpec(
        name,
        List.of(arguments),
        List.of("PATH=/usr/bin:/bin"),
        "/",
        null,
        null,
        false,
        null,
        true);
  }

  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waiting until %s", what).isLessThan(deadline);
      LockSupport.parkNanos(5_000_000);
    }
  }
}

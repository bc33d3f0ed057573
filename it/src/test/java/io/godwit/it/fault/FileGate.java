package io.godwit.it.fault;

import io.godwit.core.GodwitException;
import io.godwit.node.NodeError;
import io.godwit.node.migration.Phase;
import io.godwit.node.migration.PhaseGate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Gates that another process closes: one file for each, named {@code PHASE-SIDE}. A migration that
 * comes to a closed gate says so by the file {@code reached} and waits until the gate is gone.
 */
final class FileGate implements PhaseGate {
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final Path directory;

  FileGate(Path directory) {
    this.directory = directory;
  }

  /** Closes a gate; seen from the test. */
  static void close(Path directory, Phase phase, Phase.Side side) throws IOException {
    Files.createDirectories(directory);
    Files.deleteIfExists(directory.resolve("reached"));
    Files.createFile(gate(directory, phase, side));
  }

  /** Whether a migration stands before a gate. */
  static boolean reached(Path directory) {
    return Files.exists(directory.resolve("reached"));
  }

  /** Opens what was closed. */
  static void open(Path directory, Phase phase, Phase.Side side) throws IOException {
    Files.deleteIfExists(gate(directory, phase, side));
  }

  private static Path gate(Path directory, Phase phase, Phase.Side side) {
    return directory.resolve(phase + "-" + side);
  }

  @Override
  public void pass(Phase phase, Phase.Side side, String pod) {
    Path gate = gate(directory, phase, side);
    if (!Files.exists(gate)) {
      return;
    }
    try {
      Path saying = Files.createFile(directory.resolve("reaching"));
      Files.move(saying, directory.resolve("reached"), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw stuck(phase, String.valueOf(e.getMessage()));
    }
    long end = System.nanoTime() + LONGEST_NANOS;
    while (Files.exists(gate)) {
      if (System.nanoTime() > end) {
        throw stuck(phase, "nobody opens its gate");
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static GodwitException stuck(Phase phase, String why) {
    return new GodwitException(NodeError.INTERNAL, "passing " + phase, why, "see the test");
  }
}

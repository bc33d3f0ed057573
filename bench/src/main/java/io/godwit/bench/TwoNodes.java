package io.godwit.bench;

import io.godwit.core.control.MigrationReport;
import io.godwit.core.control.Progress;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** Two nodes between which a program can be moved. Used by one thread. */
public interface TwoNodes {
  /** Starts a program on the first node. */
  void start(String name, List<String> command, Path directory);

  /**
   * Moves the program to the other of the two nodes, and waits until it runs there.
   *
   * @param strategy the transfer strategy's name; a node that does not have it throws
   */
  MigrationReport move(String name, String strategy, Consumer<Progress> progress);

  /**
   * What followed a process.
   *
   * @param millis from its resume until it needed no page of the source any more
   * @param bytes that were still to come when it was first asked
   */
  record Residual(long millis, long bytes) {}

  /** Waits until the process needs no other node's pages any more. Called right after a move. */
  Residual awaitResidual(String name) throws InterruptedException;

  void signal(String name, int signal);

  /** Waits for its end; the status as a shell tells it. */
  int await(String name);
}

package io.godwit.node.migration;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Runs the steps of a departure on a platform thread of their own. A virtual thread, as those who
 * ask for a move have, waits for a carrier whenever it wakes up, and the carriers may all be inside
 * system calls that block: milliseconds of a freeze.
 */
final class OwnThread {
  /** What is run. */
  @FunctionalInterface
  interface Steps {
    void run() throws InterruptedException;
  }

  private OwnThread() {}

  /** Runs them to their end; an interrupt of the caller is one of the steps. */
  static void run(String name, Steps steps) throws InterruptedException {
    FutureTask<Void> task =
        new FutureTask<>(
            () -> {
              steps.run();
              return null;
            });
    Thread thread = Thread.ofPlatform().daemon().name(name).start(task);
    boolean interrupted = false;
    while (true) {
      try {
        task.get();
        break;
      } catch (InterruptedException stopping) {
        interrupted = true;
        thread.interrupt();
      } catch (ExecutionException failed) {
        switch (failed.getCause()) {
          case InterruptedException _ -> throw new InterruptedException();
          case RuntimeException cause -> throw cause;
          case Error cause -> throw cause;
          case null, default -> throw new IllegalStateException(failed);
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

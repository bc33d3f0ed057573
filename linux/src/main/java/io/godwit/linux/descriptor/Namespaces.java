package io.godwit.linux.descriptor;

import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.FileStatus;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Syscall;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Work in another network namespace. setns(2) changes the calling thread alone, so the work runs on
 * a platform thread of its own that ends with it, and nobody else ever sees the change.
 */
public final class Namespaces {
  private static final int CLONE_NEWNET = 0x40000000;

  private Namespaces() {}

  /**
   * Runs work in the network namespace of a path such as {@code /proc/12/ns/net}; on the calling
   * thread where it is that thread's own.
   */
  public static <T> T inNetwork(String path, Callable<T> work) {
    FileStatus there = Descriptors.status(path);
    FileStatus here = Descriptors.status("/proc/thread-self/ns/net");
    FutureTask<T> task =
        new FutureTask<>(
            () -> {
              if (!there.sameFile(here)) {
                enter(path);
              }
              return work.call();
            });
    if (there.sameFile(here)) {
      task.run();
    } else {
      Thread.ofPlatform().name("godwit-network-namespace").daemon().start(task);
    }
    return await(task);
  }

  private static void enter(String path) {
    Fd namespace = Descriptors.open(path, FileAbi.O_RDONLY);
    try {
      long result = Kernel.call(Syscall.SETNS, namespace.number(), CLONE_NEWNET);
      Calls.check(result, Syscall.SETNS, path);
    } finally {
      Descriptors.close(namespace);
    }
  }

  private static <T> T await(FutureTask<T> task) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException again) {
          interrupted = true; // the thread must end first: it holds the caller's descriptors
        } catch (ExecutionException failure) {
          if (failure.getCause() instanceof RuntimeException cause) {
            throw cause;
          }
          throw new IllegalStateException(failure.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}

package io.godwit.node.pod;

import io.godwit.core.GodwitException;
import io.godwit.core.Pid;
import io.godwit.linux.Fd;
import io.godwit.linux.launch.FdCalls;
import io.godwit.linux.launch.FdCalls.Interest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/**
 * What the processes of a starting pod report, 8 bytes each: a step that failed and errno, or one
 * of the marks of {@link PodScript}. The stream ends when each has executed, ended or become the
 * init.
 */
final class StartReports {
  private static final int REPORT = 8;

  private final Fd status;
  private final ByteBuffer partial = ByteBuffer.allocate(REPORT).order(ByteOrder.LITTLE_ENDIAN);
  private final long end = System.nanoTime() + PodLimits.START_MILLIS * 1_000_000L;
  private int init;
  private int failedStep = -1;
  private int errno;
  private boolean ready;
  private boolean ended;

  StartReports(Fd status) {
    this.status = status;
  }

  /** Waits until the program's process waits for the word and the init is known. */
  boolean awaitReady() {
    while (!(ready && init > 0) && failedStep < 0 && !ended) {
      take();
    }
    return ready && failedStep < 0;
  }

  /** Waits for the end of the stream: the program has been executed, or was not. */
  void awaitEnd() {
    while (!ended) {
      take();
    }
  }

  Optional<Pid> init() {
    return init > 0 ? Optional.of(new Pid(init)) : Optional.empty();
  }

  /** The offset of the step that failed, or -1. */
  int failedStep() {
    return failedStep;
  }

  int errno() {
    return errno;
  }

  private void take() {
    long left = (end - System.nanoTime()) / 1_000_000L;
    if (left <= 0
        || FdCalls.poll(List.of(new Interest(status, FdCalls.POLLIN)), (int) left)[0] == 0) {
      throw new GodwitException(
          PodError.NOT_CREATED,
          "the pod could not be created",
          "it did not start within " + PodLimits.START_MILLIS + " ms",
          "look whether the machine is overloaded or a file system does not answer");
    }
    byte[] more = new byte[512];
    int count = FdCalls.read(status, more);
    ended = count == 0;
    for (int i = 0; i < count; i++) {
      partial.put(more[i]);
      if (!partial.hasRemaining()) {
        partial.flip();
        report(partial.getInt(), partial.getInt());
        partial.clear();
      }
    }
  }

  private void report(int step, int value) {
    switch (step) {
      case PodScript.INIT_STARTED -> init = value;
      case PodScript.READY -> ready = true;
      default -> {
        failedStep = step;
        errno = value;
      }
    }
  }
}

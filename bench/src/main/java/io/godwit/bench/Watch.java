package io.godwit.bench;

import io.godwit.core.GodwitException;
import io.godwit.linux.Clocks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** Follows a running program by its log. */
final class Watch {
  static final int GAP_MICROS = 100;
  private static final long READY_SECONDS = 20;
  private static final long MIB_A_SECOND = 50;
  private static final long POLL_MILLIS = 5;
  private static final int UNMOVED_SPANS = 5;
  private static final long UNMOVED_MILLIS = 300;

  private final Path file;
  private final Load load;
  private final BooleanSupplier alive;

  /**
   * @param alive whether the program still runs, as far as whoever started it knows
   */
  Watch(Path file, Load load, BooleanSupplier alive) {
    this.file = file;
    this.load = load;
    this.alive = alive;
  }

  /** What the program did when nobody moved it. */
  record Unmoved(List<Long> gaps, OptionalDouble rate) {}

  PaceLog log() throws IOException {
    return Files.exists(file) ? PaceLog.read(file) : PaceLog.of("");
  }

  /** Waits until its memory is filled. */
  PaceLog ready() throws IOException, InterruptedException {
    return until("it is not ready", log -> log.pid() != 0);
  }

  /** Waits for something in its log, longer for more memory. */
  PaceLog until(String otherwise, Predicate<PaceLog> there)
      throws IOException, InterruptedException {
    long seconds = READY_SECONDS + load.memoryMiB() / MIB_A_SECOND;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (true) {
      boolean running = alive.getAsBoolean();
      PaceLog log = log();
      if (there.test(log)) {
        return log;
      }
      if (!running || System.nanoTime() > end) {
        throw Victim.failed(
            "the program with " + load + " could not be measured",
            running ? otherwise + " within " + seconds + " s" : "it ended");
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  /** Looks on for a while. */
  Unmoved unmoved() throws IOException, InterruptedException {
    long[] marks = new long[UNMOVED_SPANS + 1];
    marks[0] = Clocks.realtime();
    for (int i = 1; i <= UNMOVED_SPANS; i++) {
      TimeUnit.MILLISECONDS.sleep(UNMOVED_MILLIS);
      marks[i] = Clocks.realtime();
    }
    PaceLog log = log();
    List<Long> gaps = new ArrayList<>();
    for (int i = 0; i < UNMOVED_SPANS; i++) {
      gaps.add(log.longestGap(marks[i], marks[i + 1]));
    }
    return new Unmoved(gaps, log.rate(marks[0], marks[UNMOVED_SPANS]));
  }

  /** Waits until it has looked at all of its memory after it was told to end. */
  void verified() throws IOException, InterruptedException {
    PaceLog log =
        until(
            "it has not verified its memory",
            read -> read.verified() || read.damagedPage().isPresent());
    if (log.damagedPage().isPresent()) {
      throw new GodwitException(
          BenchError.DAMAGED,
          "the program with " + load + " was damaged by a move",
          "page " + log.damagedPage().get() + " is not what it wrote",
          "keep " + file + " and report this");
    }
  }
}

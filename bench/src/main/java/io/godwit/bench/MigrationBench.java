package io.godwit.bench;

import io.godwit.core.GodwitException;
import io.godwit.core.control.MigrationReport;
import io.godwit.linux.Clocks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Measures cell by cell: a new program for each, moved to and fro. */
public final class MigrationBench {
  private static final int FAILURES_LIMIT = 3;
  private static final long SETTLE_MILLIS = 150;

  /** The program writes the gap a moment after the move was reported. */
  private static final long AFTERMATH_MILLIS = 60;

  /** How long it is watched after a move for its pace. */
  private static final long AFTER_MILLIS = 250;

  private static final int SIGUSR1 = 10;
  private static final int SIGUSR2 = 12;
  private static final int SIGTERM = 15;
  private static final int SIGKILL = 9;

  private final TwoNodes nodes;
  private final Victim victim;
  private final Path directory;
  private final Plan plan;
  private final Consumer<String> told;
  private final Map<Integer, Yardsticks> yardsticks = new LinkedHashMap<>();
  private int programs;

  /**
   * @param directory for the logs of the programs
   * @param told hears how far it has come
   */
  public MigrationBench(
      TwoNodes nodes, Victim victim, Path directory, Plan plan, Consumer<String> told) {
    this.nodes = nodes;
    this.victim = victim;
    this.directory = directory;
    this.plan = plan;
    this.told = told;
  }

  /** The name of the program that was measured last. */
  public String program() {
    return "pace-" + programs;
  }

  /** Measures a cell. What the nodes refuse is a row that says so. */
  public Row measure(Cell cell) throws IOException, InterruptedException {
    String name = "pace-" + ++programs;
    Path log = directory.resolve(name + ".log");
    Yardsticks beside = yardsticks(cell.load().memoryMiB());
    nodes.start(name, victim.command(cell.load(), log, Watch.GAP_MICROS), directory);
    Watch watch = new Watch(log, cell.load(), () -> true);
    List<Move> moves = new ArrayList<>();
    List<PaceLog.Sweep> sweeps = new ArrayList<>();
    String problem = "";
    boolean verified = false;
    Watch.Unmoved unmoved = new Watch.Unmoved(List.of(), OptionalDouble.empty());
    try {
      watch.ready();
      unmoved = watch.unmoved();
      problem = moves(cell, name, watch, moves);
      if (plan.sweep() && victim.sweeps() && !moves.isEmpty()) {
        sweeps.add(sweep(cell, name, watch, SIGUSR2));
        sweeps.add(sweep(cell, name, watch, SIGUSR1));
      }
      nodes.signal(name, SIGTERM);
      watch.verified();
      verified = nodes.await(name) == 0;
      long back = watch.log().backNanos();
      if (back > 0) {
        problem = "its monotonic clock went back by " + RowTable.millis(back / 1e6);
      }
    } catch (GodwitException e) {
      problem = String.valueOf(e.getMessage());
      kill(name);
    }
    return new Row(
        cell, "godwit", moves, beside, unmoved.gaps(), unmoved.rate(), sweeps, verified, problem);
  }

  private void kill(String name) {
    try {
      nodes.signal(name, SIGKILL);
    } catch (GodwitException gone) {
      // It has ended, which is all that was wanted.
    }
  }

  /** The copies of as many bytes on this machine, taken once for each size. */
  Yardsticks yardsticks(int memoryMiB) throws IOException, InterruptedException {
    Yardsticks known = yardsticks.get(memoryMiB);
    if (known == null) {
      known = Yardsticks.take((long) memoryMiB << 20);
      yardsticks.put(memoryMiB, known);
    }
    return known;
  }

  /** Moves it as often as planned; why not, or nothing. */
  private String moves(Cell cell, String name, Watch watch, List<Move> moves)
      throws IOException, InterruptedException {
    int failures = 0;
    String problem = "";
    for (int i = -plan.warmup(); i < plan.runs(); ) {
      try {
        Move move = move(cell, name, watch);
        if (i >= 0) {
          moves.add(move);
        }
        i++;
      } catch (GodwitException e) {
        problem = String.valueOf(e.getMessage());
        if (i == -plan.warmup() || ++failures == FAILURES_LIMIT) {
          return problem;
        }
        told.accept(cell.strategy() + ", " + cell.load() + ": " + problem);
        TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
      }
    }
    return problem;
  }

  private Move move(Cell cell, String name, Watch watch) throws IOException, InterruptedException {
    TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
    PhaseMarks marks = new PhaseMarks();
    long begun = Clocks.realtime();
    MigrationReport report = nodes.move(name, cell.strategy(), marks::progress);
    long ended = Clocks.realtime();
    TwoNodes.Residual residual = nodes.awaitResidual(name);
    TimeUnit.MILLISECONDS.sleep(AFTER_MILLIS);
    PaceLog log = watch.log();
    long to = ended + TimeUnit.MILLISECONDS.toNanos(AFTERMATH_MILLIS);
    PaceLog.Gap freeze =
        log.longest(begun, to)
            .orElseThrow(
                () ->
                    Victim.failed(
                        "a move of " + name + " could not be measured",
                        "the program saw no gap of " + Watch.GAP_MICROS + " microseconds"));
    long after =
        freeze.end() + TimeUnit.MILLISECONDS.toNanos(Math.max(residual.millis(), AFTERMATH_MILLIS));
    return new Move(
        freeze.nanos(),
        report.totalMicros() * 1000,
        report.freezeBytes() > 0 ? report.freezeBytes() : report.bytes(),
        report.bytes() + residual.bytes(),
        residual.millis(),
        log.rate(begun, freeze.end() - freeze.nanos()),
        log.rate(freeze.end(), after),
        marks.durations(report.totalMicros()));
  }

  private PaceLog.Sweep sweep(Cell cell, String name, Watch watch, int signal)
      throws IOException, InterruptedException {
    TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
    int before = watch.log().sweeps().size();
    nodes.move(name, cell.strategy(), progress -> {});
    nodes.signal(name, signal);
    PaceLog log = watch.until("it has not swept", read -> read.sweeps().size() > before);
    nodes.awaitResidual(name);
    return log.sweeps().getLast();
  }
}

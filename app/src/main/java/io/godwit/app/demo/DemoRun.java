package io.godwit.app.demo;

import io.godwit.app.testbed.NodeClient;
import io.godwit.core.GodwitException;
import io.godwit.core.control.MigrationReport;
import io.godwit.core.control.ProcessExit;
import io.godwit.core.control.RunSpec;
import io.godwit.linux.launch.GapClock;
import io.godwit.linux.launch.HostClocks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One program of the demo: runs it without moving it, then again in a pod, from node to node.
 * Beside the program a gap clock runs in the pod, frozen whenever the program is.
 */
final class DemoRun implements Callable<DemoResult> {
  private static final int MOVES = 5;
  private static final int FAILURES_LIMIT = 3;
  private static final long BEFORE_FIRST_MILLIS = 200;
  private static final long BETWEEN_MILLIS = 250;
  private static final long END_SECONDS = 300;

  /** The clock writes its record a moment after the move was reported. */
  private static final long AFTERMATH_NANOS = 50_000_000;

  private static final int SIGKILL = 9;
  private static final String WRAPPER =
      "\"$GODWIT_DEMO_CLOCK\" >\"$GODWIT_DEMO_GAPS\" & c=$!; \"$@\"; s=$?; kill $c; exit $s";

  private final DemoProgram program;
  private final List<NodeClient> nodes;
  private final int home;
  private final Path directory;
  private final UnmovedRuns unmovedRuns;
  private final Stage stage;
  private final List<Move> moves = new ArrayList<>();
  private boolean doubled;
  private String problem = "";

  private record Move(MigrationReport report, long begunNanos, long endedNanos) {}

  /**
   * @param home the number of the node where it is started
   */
  DemoRun(
      DemoProgram program,
      List<NodeClient> nodes,
      int home,
      Path directory,
      UnmovedRuns unmovedRuns,
      Stage stage) {
    this.program = program;
    this.nodes = nodes;
    this.home = home;
    this.directory = directory;
    this.unmovedRuns = unmovedRuns;
    this.stage = stage;
  }

  @Override
  public DemoResult call() throws InterruptedException {
    Outcome moved = null;
    boolean verified = false;
    try {
      FutureTask<Outcome> alone = new FutureTask<>(this::unmoved);
      Thread.ofVirtual().start(alone);
      moved = moved();
      Outcome unmoved = alone.get();
      verified = moved != null && moved.equalTo(unmoved);
      if (moved != null && !verified) {
        problem = difference(moved, unmoved);
      }
    } catch (ExecutionException e) {
      problem = String.valueOf(e.getCause());
    } catch (GodwitException e) {
      problem = String.valueOf(e.getMessage());
    }
    if (verified && moves.size() < DemoResult.MOVES_WANTED && problem.isEmpty()) {
      problem = "it ended after " + moves.size() + " moves";
    }
    long bytes = moves.stream().mapToLong(move -> move.report().bytes()).sum();
    DemoResult result =
        new DemoResult(
            program.name(),
            moves.size(),
            freezes(),
            bytes,
            verified,
            moved == null,
            doubled,
            problem);
    stage.say(
        "%-9s ended after %d moves: %s",
        program.name(),
        moves.size(),
        result.ok() ? "its result equals the unmoved run's" : problem);
    return result;
  }

  private static String difference(Outcome moved, Outcome unmoved) {
    if (moved.status() != unmoved.status()) {
      return "it ended with status " + moved.status() + " and not " + unmoved.status();
    }
    int at = Arrays.mismatch(moved.output(), unmoved.output());
    return "its output differs at byte " + at + " of " + unmoved.output().length;
  }

  private Outcome unmoved() throws IOException, InterruptedException {
    return unmovedRuns.run(program, directory.resolve(program.name() + ".unmoved"), END_SECONDS);
  }

  /** The outcome in the pod; null where it did not end. */
  private @org.jspecify.annotations.Nullable Outcome moved() throws InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("/bin/sh", "-c", WRAPPER, "sh"));
    arguments.addAll(program.command());
    NodeClient first = nodes.get(home);
    first.run(
        RunSpec.unattended(
            program.name(),
            arguments,
            List.of(
                "PATH=" + System.getenv().getOrDefault("PATH", "/usr/bin:/bin"),
                "GODWIT_DEMO_CLOCK=" + directory.resolve("clock"),
                "GODWIT_DEMO_GAPS=" + gaps()),
            directory.toString()));
    stage.say("%-9s runs on %s: %s", program.name(), name(home), program.about());
    CompletableFuture<ProcessExit> end = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                end.complete(first.await(program.name()));
              } catch (RuntimeException e) {
                end.completeExceptionally(e);
              }
            });
    int last = travel(end);
    try {
      ProcessExit exit = end.get(END_SECONDS, TimeUnit.SECONDS);
      return new Outcome(first.output(program.name()), exit.shellStatus());
    } catch (ExecutionException e) {
      problem = "nobody knows how it ended: " + e.getCause();
    } catch (TimeoutException e) {
      problem = problem.isEmpty() ? "it did not end within " + END_SECONDS + " s" : problem;
      nodes.get(last).signal(program.name(), SIGKILL);
    }
    return null;
  }

  /** Moves it round until it has ended or moved often enough; the node where it is then. */
  private int travel(CompletableFuture<ProcessExit> end) throws InterruptedException {
    int at = home;
    int failures = 0;
    TimeUnit.MILLISECONDS.sleep(BEFORE_FIRST_MILLIS);
    while (moves.size() < MOVES && !end.isDone() && failures < FAILURES_LIMIT) {
      int to = (at + 1) % nodes.size();
      long begun = HostClocks.monotonicNanos();
      try {
        MigrationReport report = nodes.get(at).migrate(program.name(), name(to), "");
        moves.add(new Move(report, begun, HostClocks.monotonicNanos()));
        stage.say(
            "%-9s %s -> %s  frozen %.1f ms, %.1f MiB",
            program.name(),
            name(at),
            name(to),
            report.freezeMicros() / 1e3,
            report.bytes() / 1048576.0);
        at = to;
        countInstances();
      } catch (GodwitException e) {
        if (end.isDone()) {
          break;
        }
        failures++;
        problem = String.valueOf(e.getMessage());
        stage.say("%-9s stays on %s: %s", program.name(), name(at), problem);
      }
      TimeUnit.MILLISECONDS.sleep(BETWEEN_MILLIS);
    }
    return at;
  }

  private void countInstances() throws InterruptedException {
    long instances = Instances.settled(nodes, program.name(), number -> number <= 1);
    if (instances > 1) {
      doubled = true;
      problem = "it ran on " + instances + " nodes at once";
    }
  }

  private String name(int node) {
    return nodes.get(node).node().name().name();
  }

  private Path gaps() {
    return directory.resolve(program.name() + ".gaps");
  }

  /** For each move the longest gap that the clock in the pod saw during it. */
  private List<Double> freezes() {
    List<GapClock.Gap> gaps;
    try {
      gaps = GapClock.read(Files.readAllBytes(gaps()));
    } catch (IOException neverStarted) {
      return List.of();
    }
    List<Double> freezes = new ArrayList<>();
    for (Move move : moves) {
      long longest = GapClock.THRESHOLD_NANOS;
      for (GapClock.Gap gap : gaps) {
        if (gap.endNanos() >= move.begunNanos()
            && gap.endNanos() - gap.nanos() <= move.endedNanos() + AFTERMATH_NANOS) {
          longest = Math.max(longest, gap.nanos());
        }
      }
      freezes.add(longest / 1e6);
    }
    return freezes;
  }
}

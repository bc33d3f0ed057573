package io.godwit.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.godwit.cli.TextTable;
import io.godwit.core.GodwitException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What system calls cost: a program outside any pod, the same in a pod at home, and the same after
 * a move (survey, table 1). The three are measured in turn, several times, and the medians taken,
 * so that a busy moment of the machine does not hit one of them alone.
 */
public final class SyscallBench {
  private static final int SIGUSR1 = 10;
  private static final int SIGTERM = 15;
  private static final long ROUND_SECONDS = 120;
  private static final long POLL_MILLIS = 10;

  /** Slowdowns of MOSIX, remote to local: the survey's table 1. */
  private static final Map<String, Double> MOSIX =
      Map.of("read-1K", 4.00, "write-1K", 2.43, "open-close", 2.09, "fork", 2.77, "exec", 2.04);

  private final TwoNodes nodes;
  private final Path directory;
  private final Path program;

  /**
   * One call.
   *
   * @param local nanoseconds in a process that has nothing to do with Godwit
   * @param home in a pod on the node where it was started
   * @param moved in the same pod after a move
   */
  public record CallCost(String call, double local, double home, double moved) {}

  private SyscallBench(TwoNodes nodes, Path directory, Path program) {
    this.nodes = nodes;
    this.directory = directory;
    this.program = program;
  }

  /** Makes the program; a machine without a C compiler is refused. */
  public static SyscallBench in(TwoNodes nodes, Path directory)
      throws IOException, InterruptedException {
    Path program =
        Victim.compile("calls", directory)
            .orElseThrow(
                () ->
                    new GodwitException(
                        BenchError.VICTIM,
                        "system calls were not measured",
                        "there is no C compiler to make the program that makes them",
                        "install one, for example gcc"));
    return new SyscallBench(nodes, directory, program);
  }

  /** Measures so many rounds. */
  public List<CallCost> measure(int rounds) throws IOException, InterruptedException {
    Path localLog = directory.resolve("calls-local.log");
    Path podLog = directory.resolve("calls-pod.log");
    Process local = new ProcessBuilder(command(localLog)).start();
    Map<String, double[]> locals = new LinkedHashMap<>();
    Map<String, double[]> homes = new LinkedHashMap<>();
    Map<String, double[]> moves = new LinkedHashMap<>();
    try {
      nodes.start("calls", command(podLog), directory);
      await(localLog, "ready", 1);
      await(podLog, "ready", 1);
      for (int round = 0; round < rounds; round++) {
        new ProcessBuilder("kill", "-USR1", Long.toString(local.pid())).start().waitFor();
        take(await(localLog, "done", round + 1), locals, round, rounds);
        nodes.signal("calls", SIGUSR1);
        take(await(podLog, "done", 2 * round + 1), homes, round, rounds);
        nodes.move("calls", "eager", progress -> {});
        nodes.signal("calls", SIGUSR1);
        take(await(podLog, "done", 2 * round + 2), moves, round, rounds);
        nodes.move("calls", "eager", progress -> {});
      }
      nodes.signal("calls", SIGTERM);
      nodes.await("calls");
    } finally {
      local.destroy();
    }
    return locals.keySet().stream()
        .map(
            call ->
                new CallCost(call, median(locals, call), median(homes, call), median(moves, call)))
        .toList();
  }

  private static double median(Map<String, double[]> all, String call) {
    double[] nanos = all.get(call);
    if (nanos == null) {
      throw Victim.failed("system calls were not measured", "no figure for " + call);
    }
    return new Distribution(nanos).median();
  }

  private List<String> command(Path log) {
    return List.of(program.toString(), log.toString(), log + ".scratch");
  }

  /** Waits for so many lines that begin with a word; all lines then. */
  private static List<String> await(Path log, String word, int count)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(ROUND_SECONDS);
    while (System.nanoTime() < end) {
      if (Files.exists(log)) {
        List<String> lines = Files.readAllLines(log);
        if (lines.stream().filter(line -> line.startsWith(word + " ")).count() >= count) {
          return lines;
        }
        if (lines.stream().anyMatch(line -> line.startsWith("failed "))) {
          throw Victim.failed("system calls were not measured", lines.getLast());
        }
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    throw Victim.failed("system calls were not measured", "a round took " + ROUND_SECONDS + " s");
  }

  /** The figures of the last round in the log. */
  private static void take(List<String> lines, Map<String, double[]> into, int round, int rounds) {
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      if (words.length == 3 && words[0].equals("call")) {
        into.computeIfAbsent(words[1], call -> new double[rounds])[round] =
            Double.parseDouble(words[2]);
      }
    }
  }

  /** The document that scripts read. */
  public static JsonObject json(List<CallCost> rows) {
    JsonArray array = new JsonArray();
    for (CallCost row : rows) {
      JsonObject each = new JsonObject();
      each.addProperty("call", row.call());
      each.addProperty("localNanos", row.local());
      each.addProperty("homeNanos", row.home());
      each.addProperty("movedNanos", row.moved());
      each.addProperty("slowdown", Row.rounded(row.moved() / row.local()));
      array.add(each);
    }
    JsonObject document = new JsonObject();
    document.add("calls", array);
    return document;
  }

  /** The table for people. */
  public static void print(List<CallCost> rows, PrintStream out) {
    TextTable table =
        new TextTable("CALL", ">UNMANAGED", ">AT HOME", ">MOVED", ">SLOWDOWN", ">MOSIX (SURVEY)");
    for (CallCost row : rows) {
      Double then = MOSIX.get(row.call());
      table.row(
          row.call(),
          micros(row.local()),
          micros(row.home()),
          micros(row.moved()),
          String.format(Locale.ROOT, "%.2f", row.moved() / row.local()),
          then == null ? "-" : String.format(Locale.ROOT, "%.2f", then));
    }
    table.print(out);
  }

  private static String micros(double nanos) {
    return String.format(Locale.ROOT, "%.2f us", nanos / 1e3);
  }
}

package io.godwit.app.bench;

import io.godwit.bench.Distribution;
import io.godwit.cli.TextTable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * Where the time of a migration goes: the phases that source and destination, and the engine below
 * each, wrote into their flight recordings, on one time axis.
 */
final class PhaseRecording {
  private static final String NODE_EVENT = "io.godwit.MigrationPhase";
  private static final String ENGINE_EVENT = "io.godwit.engine.Phase";
  private static final String PAUSE_EVENT = "jdk.GCPhasePause";
  private static final String ANCHOR = "node detach";
  private static final Duration AFTERMATH = Duration.ofMillis(100);

  /** What the recordings hold: nothing of the program, little of the virtual machine. */
  private static final String SETTINGS =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <configuration version="2.0">
        <event name="io.godwit.MigrationPhase"><setting name="enabled">true</setting>
          <setting name="threshold">0 ns</setting></event>
        <event name="io.godwit.engine.Phase"><setting name="enabled">true</setting>
          <setting name="threshold">0 ns</setting><setting name="stackTrace">false</setting></event>
        <event name="jdk.GCPhasePause"><setting name="enabled">true</setting>
          <setting name="threshold">0 ns</setting></event>
      </configuration>
      """;

  /** One phase of one move. */
  private record Step(int node, String name, Instant begin, Duration length, long bytes) {}

  /** The same phase of all moves. */
  private record Line(String side, String name, List<double[]> offsetAndLength) {
    double median(int column) {
      return new Distribution(offsetAndLength.stream().mapToDouble(each -> each[column]).toArray())
          .median();
    }
  }

  private final Path directory;

  PhaseRecording(Path directory) throws IOException {
    this.directory = directory;
    Files.writeString(directory.resolve("phases.jfc"), SETTINGS);
  }

  /** What a daemon's virtual machine has to be started with. */
  List<String> javaOptions(int node) {
    return List.of(
        "-XX:StartFlightRecording=dumponexit=true,filename="
            + file(node)
            + ",settings="
            + directory.resolve("phases.jfc"));
  }

  private Path file(int node) {
    return directory.resolve("phases-" + node + ".jfr");
  }

  /**
   * Prints the phases of the moves of each program; the daemons have ended.
   *
   * @param titles what to print above the moves of each program
   */
  void print(List<TestbedNodes.Span> spans, Map<String, String> titles, PrintStream out)
      throws IOException {
    List<Step> steps = new ArrayList<>();
    for (int node = 0; Files.exists(file(node)); node++) {
      read(node, steps);
    }
    Map<String, List<TestbedNodes.Span>> programs = new LinkedHashMap<>();
    for (TestbedNodes.Span span : spans) {
      programs.computeIfAbsent(span.pod(), none -> new ArrayList<>()).add(span);
    }
    programs.forEach(
        (pod, moves) -> {
          out.println();
          out.println("Phases of " + titles.getOrDefault(pod, pod) + ", medians in ms:");
          table(moves, steps, out);
        });
  }

  private void read(int node, List<Step> into) throws IOException {
    try (RecordingFile recording = new RecordingFile(file(node))) {
      while (recording.hasMoreEvents()) {
        RecordedEvent event = recording.readEvent();
        String name =
            switch (event.getEventType().getName()) {
              case NODE_EVENT -> "node " + event.getString("phase");
              case ENGINE_EVENT -> "  engine " + event.getString("phase").toLowerCase(Locale.ROOT);
              case PAUSE_EVENT -> "  collector's pause";
              default -> "";
            };
        if (!name.isEmpty()) {
          long bytes = event.hasField("bytes") ? event.getLong("bytes") : 0;
          into.add(new Step(node, name, event.getStartTime(), event.getDuration(), bytes));
        }
      }
    }
  }

  private static void table(List<TestbedNodes.Span> moves, List<Step> steps, PrintStream out) {
    Map<String, Line> lines = new LinkedHashMap<>();
    for (TestbedNodes.Span move : moves) {
      List<Step> inside =
          steps.stream()
              .filter(
                  step ->
                      !step.begin().isBefore(move.begun())
                          && step.begin().isBefore(move.ended().plus(AFTERMATH)))
              .sorted(Comparator.comparing(Step::begin))
              .toList();
      inside.stream()
          .filter(step -> step.node() == move.source() && step.name().equals(ANCHOR))
          .findFirst()
          .ifPresent(anchor -> add(lines, move, inside, anchor.begin()));
    }
    TextTable table = new TextTable("SIDE", "PHASE", ">BEGINS", ">TAKES", ">MOVES");
    lines.values().stream()
        .sorted(Comparator.comparingDouble(line -> line.median(0)))
        .forEach(
            line ->
                table.row(
                    line.side(),
                    line.name(),
                    String.format(Locale.ROOT, "%.2f", line.median(0)),
                    String.format(Locale.ROOT, "%.2f", line.median(1)),
                    Integer.toString(line.offsetAndLength().size())));
    table.print(out);
  }

  private static void add(
      Map<String, Line> lines, TestbedNodes.Span move, List<Step> inside, Instant anchor) {
    Map<String, Integer> seen = new HashMap<>();
    for (Step step : joined(inside)) {
      String side = step.node() == move.source() ? "source" : "destination";
      int turn = seen.merge(side + step.name(), 1, Integer::sum);
      String name = turn == 1 ? step.name() : step.name() + " (" + turn + ")";
      lines
          .computeIfAbsent(side + name, none -> new Line(side, name, new ArrayList<>()))
          .offsetAndLength()
          .add(
              new double[] {
                Duration.between(anchor, step.begin()).toNanos() / 1e6,
                step.length().toNanos() / 1e6
              });
    }
  }

  /** A phase that is taken up again before any other of its side counts as one. */
  private static List<Step> joined(List<Step> steps) {
    List<Step> joined = new ArrayList<>();
    Map<Integer, Integer> last = new HashMap<>();
    for (Step step : steps) {
      Integer at = last.get(step.node());
      Step before = at == null ? null : joined.get(at);
      if (at != null && before != null && before.name().equals(step.name())) {
        joined.set(
            at,
            new Step(
                step.node(),
                step.name(),
                before.begin(),
                before.length().plus(step.length()),
                before.bytes() + step.bytes()));
      } else {
        last.put(step.node(), joined.size());
        joined.add(step);
      }
    }
    return joined;
  }
}

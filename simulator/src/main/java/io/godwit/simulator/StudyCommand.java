package io.godwit.simulator;

import io.godwit.core.GodwitException;
import io.godwit.policy.Suggestion;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What {@code godwit simulate} does with its arguments: reads the options, makes the study, prints
 * the table or, as the last line, the JSON, and draws the chart.
 */
public final class StudyCommand {
  /** The options, for {@code --help}. */
  public static final String HELP =
      """
      --profile NAME          one policy: a profile that comes with Godwit, or a file
      --compare A,B,C         several policies over the same workload
      --trace FILE            a recorded workload, CSV, plain or .xz
      --workload NAME         lifetimes, exponential, bursty, hotspot or groups
      --nodes N               nodes of the cluster (16); with a trace, as many as it has hosts
      --cores N               cores of each node (1)
      --load X                offered load of a generated workload, share of all cores (0.5)
      --work SECONDS          mean CPU time of a generated process (1)
      --minutes M             virtual time in which processes arrive (60; all of a trace)
      --warm-up SECONDS       processes that arrive before are not counted (0)
      --seed N                all randomness comes from it (1)
      --owners MINUTES        owners come and go in such periods on average (never)
      --failures X            failures of a node each day (0)
      --cost-fixed SECONDS    fixed part of a migration's cost (0.3)
      --cost-rate MB          megabytes that a migration brings over each second (2)
      --memory MB             mean memory of a process (1)
      --latency SECONDS       time of a message between two nodes (0.0005)
      --period SECONDS        how often schedulers look without a cause (1)
      --loads X,Y,Z           the same study for several loads
      --sizes N,M             the same study for several numbers of nodes
      --chart FILE.png        draw the result
      --json                  print one line of JSON last instead of the table
      """;

  private static final Set<String> KEYS =
      Set.of(
          "profile",
          "compare",
          "trace",
          "workload",
          "nodes",
          "cores",
          "load",
          "work",
          "minutes",
          "warm-up",
          "seed",
          "owners",
          "failures",
          "cost-fixed",
          "cost-rate",
          "memory",
          "latency",
          "period",
          "loads",
          "sizes",
          "chart");

  private final Map<String, String> given = new HashMap<>();
  private boolean json;

  private StudyCommand() {}

  /**
   * Makes the study that the arguments ask for.
   *
   * @throws GodwitException if they cannot be understood or the study cannot be made
   */
  public static void run(List<String> arguments, PrintStream out) {
    if (arguments.contains("--help")) {
      out.print(HELP);
      return;
    }
    StudyCommand command = new StudyCommand();
    command.read(arguments);
    command.make(out);
  }

  /**
   * What the arguments ask for, without doing it.
   *
   * @throws GodwitException if they cannot be understood or name a profile that there is not
   */
  static SimulationOptions understood(List<String> arguments) {
    StudyCommand command = new StudyCommand();
    command.read(arguments);
    SimulationOptions options = command.options();
    if (command.given.containsKey("loads")) {
      command.list("loads", Double::valueOf);
    }
    if (command.given.containsKey("sizes")) {
      command.list("sizes", Integer::valueOf);
    }
    options.policies().forEach(Profiles::find);
    return options;
  }

  private void read(List<String> arguments) {
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (argument.equals("--json")) {
        json = true;
        continue;
      }
      int equals = argument.indexOf('=');
      String key = argument.substring(0, equals < 0 ? argument.length() : equals);
      if (!key.startsWith("--") || !KEYS.contains(key.substring(2))) {
        Collection<String> known = KEYS.stream().map(name -> "--" + name).toList();
        throw SimulatorError.bad(
            "'" + argument + "' is not an option",
            Suggestion.closest(key, known)
                .map(meant -> "did you mean " + meant + "?")
                .orElse("see godwit simulate --help"));
      }
      String value;
      if (equals >= 0) {
        value = argument.substring(equals + 1);
      } else if (i + 1 < arguments.size()) {
        value = arguments.get(++i);
      } else {
        throw SimulatorError.bad(key + " needs a value", "see godwit simulate --help");
      }
      given.put(key.substring(2), value);
    }
  }

  private void make(PrintStream out) {
    SimulationOptions options = options();
    String chart = given.get("chart");
    if (given.containsKey("loads") || given.containsKey("sizes")) {
      Sweep sweep =
          given.containsKey("loads")
              ? Sweep.overLoads(options, list("loads", Double::valueOf))
              : Sweep.overNodes(options, list("sizes", Integer::valueOf));
      out.println(json ? sweep.json() : sweep.table());
      if (chart != null) {
        sweep.chart(Path.of(chart));
      }
      return;
    }
    Study study = Study.run(options);
    if (chart != null) {
      study.chart(Path.of(chart));
    }
    out.println(json ? study.json() : study.table());
  }

  private SimulationOptions options() {
    SimulationOptions usual = SimulationOptions.DEFAULT;
    String trace = given.get("trace");
    String policies = given.getOrDefault("compare", given.getOrDefault("profile", "age"));
    return new SimulationOptions(
        Arrays.stream(policies.split(",", -1)).map(String::strip).toList(),
        value("nodes", Integer::valueOf, trace == null ? usual.nodes() : 0),
        value("cores", Integer::valueOf, usual.coresPerNode()),
        new SimulationOptions.Demand(
            path(trace),
            given.getOrDefault("workload", usual.demand().workload()),
            value("load", Double::valueOf, usual.demand().load()),
            value("work", Double::valueOf, usual.demand().meanWorkSeconds()),
            trace == null || given.containsKey("minutes") ? nanos("minutes", 60, 60) : 0),
        value("seed", Long::valueOf, usual.seed()),
        new SimulationOptions.Disturbances(
            value("owners", Double::valueOf, usual.disturbances().ownerMinutes()),
            value("failures", Double::valueOf, usual.disturbances().failuresPerNodeDay())),
        new SimulationOptions.Cost(
            nanos("cost-fixed", 1, usual.cost().fixedNanos() / 1e9),
            value("cost-rate", Double::valueOf, usual.cost().bytesPerSecond() / 1e6) * 1e6,
            (long) (value("memory", Double::valueOf, usual.cost().meanMemoryBytes() / 1e6) * 1e6)),
        nanos("latency", 1, usual.latencyNanos() / 1e9),
        nanos("period", 1, usual.schedulerPeriodNanos() / 1e9),
        nanos("warm-up", 1, 0));
  }

  private static @Nullable Path path(@Nullable String text) {
    return text == null ? null : Path.of(text);
  }

  private long nanos(String key, double unitSeconds, double otherwise) {
    return (long) (value(key, Double::valueOf, otherwise) * unitSeconds * 1e9);
  }

  private <T> T value(String key, Function<String, T> parse, T otherwise) {
    String text = given.get(key);
    return text == null ? otherwise : parsed(key, text, parse);
  }

  private <T> List<T> list(String key, Function<String, T> parse) {
    return Arrays.stream(given.getOrDefault(key, "").split(",", -1))
        .map(text -> parsed(key, text.strip(), parse))
        .toList();
  }

  private static <T> T parsed(String key, String text, Function<String, T> parse) {
    try {
      return parse.apply(text);
    } catch (NumberFormatException e) {
      throw SimulatorError.bad("--" + key + ": '" + text + "' is not a number", "give a number");
    }
  }
}

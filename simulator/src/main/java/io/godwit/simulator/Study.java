package io.godwit.simulator;

import io.godwit.policy.profile.Profile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A study: the same workload under one or more policies. The same options give the same results.
 *
 * <p>For a command: {@code Study.run(options)}, then {@link #table()} for people, {@link #json()}
 * as the last line of machine-readable output, and {@link #chart} for a picture.
 */
public final class Study {
  private final SimulationOptions options;
  private final List<Result> results;
  private final long events;

  private Study(SimulationOptions options, List<Result> results, long events) {
    this.options = options;
    this.results = List.copyOf(results);
    this.events = events;
  }

  /**
   * Runs each policy over the same workload.
   *
   * @throws io.godwit.core.GodwitException if the options, a profile or the trace cannot be used
   */
  public static Study run(SimulationOptions options) {
    List<Profile> profiles = options.policies().stream().map(Profiles::find).toList();
    List<Arrival> arrivals = arrivals(options);
    int nodes = options.nodes();
    if (nodes == 0) {
      nodes = 1 + arrivals.stream().mapToInt(Arrival::node).max().orElse(0);
    }
    Set<String> names = Workloads.longLivedNames(arrivals);
    List<Result> results = new ArrayList<>();
    long events = 0;
    for (Profile profile : profiles) {
      // A profile that selects by name and lists none takes the names that the workload shows.
      boolean measured =
          profile.selection().by() == Profile.By.NAMES && profile.selection().names().isEmpty();
      SimCluster cluster =
          new SimCluster(options, measured ? profile.withNames(names) : profile, arrivals, nodes);
      results.add(cluster.run());
      events += cluster.events();
    }
    return new Study(options, results, events);
  }

  private static List<Arrival> arrivals(SimulationOptions options) {
    if (options.demand().trace() == null) {
      return Workloads.generate(options, new SplittableRandom(options.seed()).split());
    }
    List<Arrival> all = TraceReader.read(options.demand().trace());
    if (options.demand().durationNanos() == 0) {
      return all;
    }
    return all.stream().filter(a -> a.timeNanos() < options.demand().durationNanos()).toList();
  }

  public SimulationOptions options() {
    return options;
  }

  /** One for each policy, in the order of the options. */
  public List<Result> results() {
    return results;
  }

  /** Simulated events of all runs. */
  public long events() {
    return events;
  }

  /** The result of one policy. */
  public Result of(String policy) {
    return results.stream().filter(r -> r.policy().equals(policy)).findFirst().orElseThrow();
  }

  /** A table for people, its lines ended. */
  public String table() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%-14s %9s %9s %9s %9s %8s %9s %9s %8s %9s %7s %6s %7s%n",
            "policy",
            "processes",
            "delay s",
            "slowdown",
            "deviation",
            "over 3x",
            "placed",
            "migrated",
            "refused",
            "MB moved",
            "age s",
            "moves",
            "thrash"));
    for (Result r : results) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-14s %9d %9.4f %9.3f %9.3f %7.2f%% %9d %9d %8d %9.1f %7.3f %6d %7d%n",
              r.policy(),
              r.processes(),
              r.meanDelaySeconds(),
              r.meanSlowdown(),
              r.slowdownDeviation(),
              100 * r.slowedOver3(),
              r.placements(),
              r.migrations(),
              r.refusals(),
              r.migratedBytes() / 1e6,
              r.informationAgeSeconds(),
              r.mostMoves(),
              r.thrashes()));
    }
    for (Result r : results) {
      text.append(
          String.format(
              Locale.ROOT,
              "%s: %.1f bytes about load a second and node; %d unfinished; %d restarted; %d"
                  + " evicted, %.3f s after the owner's return%n",
              r.policy(),
              r.loadBytesPerNodeSecond(),
              r.unfinished(),
              r.restarts(),
              r.evictions(),
              r.evictionSeconds()));
    }
    return text.toString();
  }

  /**
   * Draws the mean delay under each policy.
   *
   * @throws io.godwit.core.GodwitException if the file cannot be written
   */
  public void chart(Path png) {
    Charts.bars(
        png, "mean delay of a process", "seconds", results, r -> round(r.meanDelaySeconds()));
  }

  private static double round(double value) {
    return Math.rint(value * 1000) / 1000;
  }

  /** The results as one line of JSON. */
  public String json() {
    StringBuilder json = new StringBuilder("{\"policies\":[");
    for (Result r : results) {
      if (json.charAt(json.length() - 1) == '}') {
        json.append(',');
      }
      json.append("{\"policy\":\"").append(escaped(r.policy())).append('"');
      number(json, "meanDelaySeconds", r.meanDelaySeconds());
      number(json, "meanResponseSeconds", r.meanResponseSeconds());
      number(json, "meanSlowdown", r.meanSlowdown());
      number(json, "slowdownDeviation", r.slowdownDeviation());
      number(json, "slowedOver3", r.slowedOver3());
      whole(json, "migrations", r.migrations());
      whole(json, "placements", r.placements());
      whole(json, "refusals", r.refusals());
      whole(json, "evictions", r.evictions());
      number(json, "evictionSeconds", r.evictionSeconds());
      whole(json, "migratedBytes", r.migratedBytes());
      whole(json, "loadMessages", r.loadMessages());
      number(json, "loadBytesPerNodeSecond", r.loadBytesPerNodeSecond());
      number(json, "informationAgeSeconds", r.informationAgeSeconds());
      number(json, "movesPerProcess", r.movesPerProcess());
      whole(json, "mostMoves", r.mostMoves());
      whole(json, "thrashes", r.thrashes());
      whole(json, "restarts", r.restarts());
      whole(json, "processes", r.processes());
      whole(json, "unfinished", r.unfinished());
      whole(json, "seed", r.seed());
      json.append('}');
    }
    return json.append("]}").toString();
  }

  private static void number(StringBuilder json, String key, double value) {
    json.append(",\"").append(key).append("\":").append(value);
  }

  private static void whole(StringBuilder json, String key, long value) {
    json.append(",\"").append(key).append("\":").append(value);
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }
}

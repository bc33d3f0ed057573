package io.godwit.simulator;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Generated workloads, and what can be measured of a recorded one. */
final class Workloads {
  /** Harchol-Balter and Downey's list of names held fifteen. */
  private static final int LISTED_NAMES = 15;

  /** A name has to occur this often before its mean says something. */
  private static final int LEAST_OCCURRENCES = 20;

  private static final List<String> PROGRAMS =
      IntStream.range(0, 20).mapToObj(i -> "program" + i).toList();

  private static final double LONGEST_SECONDS = 3600;
  private static final double GROUP_BYTES_PER_SECOND = 200e6;

  private Workloads() {}

  /** The processes of the options' workload, in the order of their arrival. */
  static List<Arrival> generate(SimulationOptions options, RandomGenerator random) {
    List<Arrival> arrivals = new ArrayList<>();
    double perSecond =
        options.demand().load()
            * options.nodes()
            * options.coresPerNode()
            / options.demand().meanWorkSeconds();
    double end = options.demand().durationNanos() / 1e9;
    boolean hotspot = options.demand().workload().equals("hotspot");
    boolean bursty = options.demand().workload().equals("bursty");
    int nodes = hotspot ? Math.max(1, options.nodes() / 8) : options.nodes();
    double burst = bursty ? 8 : 1;
    double least = leastFor(options.demand().meanWorkSeconds());
    double time = 0;
    while (true) {
      time += random.nextExponential() * burst / perSecond;
      if (time >= end) {
        return arrivals;
      }
      int node = random.nextInt(nodes);
      // A burst is geometric with the given mean and comes to one node.
      do {
        addOne(arrivals, options, least, random, (long) (time * 1e9), node);
      } while (bursty && random.nextDouble() < 1 - 1 / burst);
    }
  }

  private static void addOne(
      List<Arrival> arrivals,
      SimulationOptions options,
      double least,
      RandomGenerator random,
      long timeNanos,
      int node) {
    double work =
        options.demand().workload().equals("exponential")
            ? random.nextExponential() * options.demand().meanWorkSeconds()
            : lifetime(random, least);
    int partner = -1;
    int at = node;
    if (options.demand().workload().equals("groups") && arrivals.size() % 2 == 1) {
      // Every second process talks to the one before, which arrived on another node.
      partner = arrivals.size() - 1;
    }
    arrivals.add(
        new Arrival(
            timeNanos,
            at,
            work,
            PROGRAMS.get(random.nextInt(PROGRAMS.size())),
            partner,
            partner < 0 ? 0 : GROUP_BYTES_PER_SECOND));
  }

  /**
   * A lifetime with P(L &gt; T) = least / T, the measured distribution with k = -1, up to an hour.
   */
  static double lifetime(RandomGenerator random, double least) {
    double u = random.nextDouble();
    // Inverse of F(T) = (1 - least/T) / (1 - least/longest).
    return least / (1 - u * (1 - least / LONGEST_SECONDS));
  }

  /**
   * The least lifetime with which the mean comes out: solves least x ln(longest/least) / (1 -
   * least/longest) = mean by bisection.
   */
  static double leastFor(double mean) {
    double low = 1e-9;
    double high = LONGEST_SECONDS * 0.999;
    for (int i = 0; i < 100; i++) {
      double middle = (low + high) / 2;
      double at = middle * Math.log(LONGEST_SECONDS / middle) / (1 - middle / LONGEST_SECONDS);
      if (at < mean) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (low + high) / 2;
  }

  /** The fifteen programs with the longest mean lifetime, of those that occur often enough. */
  static Set<String> longLivedNames(List<Arrival> arrivals) {
    Map<String, double[]> byName = new HashMap<>();
    for (Arrival arrival : arrivals) {
      double[] sums = byName.computeIfAbsent(arrival.name(), name -> new double[2]);
      sums[0] += arrival.workSeconds();
      sums[1]++;
    }
    return byName.entrySet().stream()
        .filter(entry -> entry.getValue()[1] >= LEAST_OCCURRENCES)
        .sorted(
            Comparator.comparingDouble(
                    (Map.Entry<String, double[]> e) -> -e.getValue()[0] / e.getValue()[1])
                .thenComparing(Map.Entry::getKey))
        .limit(LISTED_NAMES)
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }
}

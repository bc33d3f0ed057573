package io.godwit.simulator;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to simulate. As command line options: {@code --nodes}, {@code --cores}, {@code --compare},
 * {@code --trace}, {@code --workload}, {@code --load}, {@code --duration}, {@code --seed}, {@code
 * --owners}, {@code --failures}, {@code --cost-fixed}, {@code --cost-rate}, {@code --memory},
 * {@code --latency}, {@code --work}, {@code --period}.
 *
 * @param policies profiles to compare, by name; a name with a slash or ending in .toml is a file
 * @param nodes number of nodes; with a trace 0 takes as many as the trace has hosts
 * @param coresPerNode cores of each node
 * @param seed all randomness comes from it
 * @param latencyNanos time that a message takes between two nodes
 * @param schedulerPeriodNanos how often schedulers look without a cause
 * @param warmUpNanos processes that arrive before are not counted
 */
public record SimulationOptions(
    List<String> policies,
    int nodes,
    int coresPerNode,
    Demand demand,
    long seed,
    Disturbances disturbances,
    Cost cost,
    long latencyNanos,
    long schedulerPeriodNanos,
    long warmUpNanos) {

  /** Most nodes of a study. */
  public static final int MAX_NODES = 100_000;

  /** Names of the generated workloads. */
  public static final List<String> WORKLOADS =
      List.of("lifetimes", "exponential", "bursty", "hotspot", "groups");

  /** A cluster of 16 nodes for an hour, with the costs of the study of 1997. */
  public static final SimulationOptions DEFAULT =
      new SimulationOptions(
          List.of("age"),
          16,
          1,
          new Demand(null, "lifetimes", 0.5, 1.0, 3600_000_000_000L),
          1,
          new Disturbances(0, 0),
          new Cost(300_000_000L, 2e6, 1_000_000L),
          500_000L,
          1_000_000_000L,
          0);

  /**
   * What arrives.
   *
   * @param trace a recorded workload in the format of {@link TraceReader}, or null
   * @param workload a generated one, where no trace is given: {@code lifetimes}, {@code
   *     exponential}, {@code bursty}, {@code hotspot}, {@code groups}
   * @param load offered load of generated workloads: share of all cores
   * @param meanWorkSeconds mean CPU time of generated processes
   * @param durationNanos virtual time in which processes arrive; 0 with a trace takes all of it
   */
  public record Demand(
      @Nullable Path trace,
      String workload,
      double load,
      double meanWorkSeconds,
      long durationNanos) {
    public Demand {
      if (trace == null && !WORKLOADS.contains(workload)) {
        throw SimulatorError.bad(
            "there is no workload '" + workload + "'",
            "use one of " + String.join(", ", WORKLOADS));
      }
      if (!(load > 0) || !(meanWorkSeconds > 0)) {
        throw SimulatorError.bad("load and work are positive", "see 'godwit simulate --help'");
      }
      requireTimes(durationNanos >= 0 && (trace != null || durationNanos > 0));
    }
  }

  /**
   * What happens to nodes.
   *
   * @param ownerMinutes owners are at their workstations and away for this long in turn, on
   *     average; 0 for nobody
   * @param failuresPerNodeDay how often a node fails; its processes start again from the beginning
   */
  public record Disturbances(double ownerMinutes, double failuresPerNodeDay) {
    public Disturbances {
      requireTimes(ownerMinutes >= 0 && failuresPerNodeDay >= 0);
    }
  }

  /**
   * What a migration costs.
   *
   * @param fixedNanos whatever the process's size
   * @param bytesPerSecond memory that is brought over each second
   * @param meanMemoryBytes mean memory of a process, exponentially distributed
   */
  public record Cost(long fixedNanos, double bytesPerSecond, long meanMemoryBytes) {
    public Cost {
      if (!(bytesPerSecond > 0) || meanMemoryBytes < 0) {
        throw SimulatorError.bad("rate and memory are positive", "see 'godwit simulate --help'");
      }
      requireTimes(fixedNanos >= 0);
    }
  }

  public SimulationOptions {
    policies = List.copyOf(policies);
    if (policies.isEmpty()) {
      throw SimulatorError.bad("no policy is named", "name one, as in --profile age");
    }
    if (nodes < 0
        || nodes > MAX_NODES
        || (demand.trace() == null && nodes < 1)
        || coresPerNode < 1) {
      throw SimulatorError.bad(
          nodes + " nodes of " + coresPerNode + " cores", "use 1 to " + MAX_NODES + " nodes");
    }
    requireTimes(latencyNanos >= 0 && schedulerPeriodNanos > 0 && warmUpNanos >= 0);
  }

  private static void requireTimes(boolean sensible) {
    if (!sensible) {
      throw SimulatorError.bad("a time is negative or zero", "see 'godwit simulate --help'");
    }
  }

  /** The same for other policies. */
  public SimulationOptions withPolicies(List<String> others) {
    return with(others, nodes, demand, seed, disturbances, cost);
  }

  /** The same with another size, workload and load. */
  public SimulationOptions withCluster(
      int otherNodes, String otherWorkload, double otherLoad, double work, long duration) {
    Demand other = new Demand(demand.trace(), otherWorkload, otherLoad, work, duration);
    return with(policies, otherNodes, other, seed, disturbances, cost);
  }

  /** The same with a trace, over as much of it as given; 0 for all. */
  public SimulationOptions withTrace(Path file, long duration) {
    Demand traced =
        new Demand(file, demand.workload(), demand.load(), demand.meanWorkSeconds(), duration);
    return with(policies, 0, traced, seed, disturbances, cost);
  }

  /** The same with other costs of a migration. */
  public SimulationOptions withCost(Cost other) {
    return with(policies, nodes, demand, seed, disturbances, other);
  }

  /** The same with owners and failures. */
  public SimulationOptions withDisturbances(Disturbances others) {
    return with(policies, nodes, demand, seed, others, cost);
  }

  /** The same with another seed. */
  public SimulationOptions withSeed(long other) {
    return with(policies, nodes, demand, other, disturbances, cost);
  }

  private SimulationOptions with(
      List<String> compared,
      int size,
      Demand arriving,
      long from,
      Disturbances happening,
      Cost paid) {
    return new SimulationOptions(
        compared,
        size,
        coresPerNode,
        arriving,
        from,
        happening,
        paid,
        latencyNanos,
        schedulerPeriodNanos,
        warmUpNanos);
  }
}

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
 * @param trace a recorded workload in the format of {@link TraceReader}, or null
 * @param workload a generated one, where no trace is given: {@code lifetimes}, {@code exponential},
 *     {@code bursty}, {@code hotspot}, {@code groups}
 * @param load offered load of generated workloads: share of all cores
 * @param meanWorkSeconds mean CPU time of generated processes
 * @param durationNanos virtual time in which processes arrive; 0 with a trace takes all of it
 * @param seed all randomness comes from it
 * @param ownerMinutes owners are at their workstations and away for this long in turn, on average;
 *     0 for nobody
 * @param failuresPerNodeDay how often a node fails; its processes start again from the beginning
 * @param fixedCostNanos fixed part of a migration's cost
 * @param bytesPerSecond memory that a migration brings over each second
 * @param meanMemoryBytes mean memory of a process, exponentially distributed
 * @param latencyNanos time that a message takes between two nodes
 * @param schedulerPeriodNanos how often schedulers look without a cause
 * @param warmUpNanos processes that arrive before are not counted
 */
public record SimulationOptions(
    List<String> policies,
    int nodes,
    int coresPerNode,
    @Nullable Path trace,
    String workload,
    double load,
    double meanWorkSeconds,
    long durationNanos,
    long seed,
    double ownerMinutes,
    double failuresPerNodeDay,
    long fixedCostNanos,
    double bytesPerSecond,
    long meanMemoryBytes,
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
          null,
          "lifetimes",
          0.5,
          1.0,
          3600_000_000_000L,
          1,
          0,
          0,
          300_000_000L,
          2e6,
          1_000_000L,
          500_000L,
          1_000_000_000L,
          0);

  public SimulationOptions {
    policies = List.copyOf(policies);
    if (policies.isEmpty()) {
      throw SimulatorError.bad("no policy is named", "name one, as in --profile age");
    }
    if (nodes < 0 || nodes > MAX_NODES || (trace == null && nodes < 1) || coresPerNode < 1) {
      throw SimulatorError.bad(
          nodes + " nodes of " + coresPerNode + " cores", "use 1 to " + MAX_NODES + " nodes");
    }
    if (trace == null && !WORKLOADS.contains(workload)) {
      throw SimulatorError.bad(
          "there is no workload '" + workload + "'", "use one of " + String.join(", ", WORKLOADS));
    }
    if (!(load > 0) || !(meanWorkSeconds > 0) || !(bytesPerSecond > 0) || meanMemoryBytes < 0) {
      throw SimulatorError.bad(
          "load, work, rate and memory are positive", "see 'godwit simulate --help'");
    }
    if (durationNanos < 0
        || (trace == null && durationNanos == 0)
        || fixedCostNanos < 0
        || latencyNanos < 0
        || schedulerPeriodNanos <= 0
        || warmUpNanos < 0
        || ownerMinutes < 0
        || failuresPerNodeDay < 0) {
      throw SimulatorError.bad("a time is negative or zero", "see 'godwit simulate --help'");
    }
  }

  /** The same for other policies. */
  public SimulationOptions withPolicies(List<String> others) {
    return new SimulationOptions(
        others,
        nodes,
        coresPerNode,
        trace,
        workload,
        load,
        meanWorkSeconds,
        durationNanos,
        seed,
        ownerMinutes,
        failuresPerNodeDay,
        fixedCostNanos,
        bytesPerSecond,
        meanMemoryBytes,
        latencyNanos,
        schedulerPeriodNanos,
        warmUpNanos);
  }

  /** The same with another size, workload and load. */
  public SimulationOptions withCluster(
      int otherNodes, String otherWorkload, double otherLoad, double work, long duration) {
    return new SimulationOptions(
        policies,
        otherNodes,
        coresPerNode,
        trace,
        otherWorkload,
        otherLoad,
        work,
        duration,
        seed,
        ownerMinutes,
        failuresPerNodeDay,
        fixedCostNanos,
        bytesPerSecond,
        meanMemoryBytes,
        latencyNanos,
        schedulerPeriodNanos,
        warmUpNanos);
  }

  /** The same with a trace, over as much of it as given; 0 for all. */
  public SimulationOptions withTrace(Path file, long duration) {
    return new SimulationOptions(
        policies,
        0,
        coresPerNode,
        file,
        workload,
        load,
        meanWorkSeconds,
        duration,
        seed,
        ownerMinutes,
        failuresPerNodeDay,
        fixedCostNanos,
        bytesPerSecond,
        meanMemoryBytes,
        latencyNanos,
        schedulerPeriodNanos,
        warmUpNanos);
  }

  /** The same with other costs of a migration. */
  public SimulationOptions withCost(long fixedNanos, double rate, long memoryBytes) {
    return new SimulationOptions(
        policies,
        nodes,
        coresPerNode,
        trace,
        workload,
        load,
        meanWorkSeconds,
        durationNanos,
        seed,
        ownerMinutes,
        failuresPerNodeDay,
        fixedNanos,
        rate,
        memoryBytes,
        latencyNanos,
        schedulerPeriodNanos,
        warmUpNanos);
  }

  /** The same with owners and failures. */
  public SimulationOptions withDisturbances(double minutes, double failures) {
    return new SimulationOptions(
        policies,
        nodes,
        coresPerNode,
        trace,
        workload,
        load,
        meanWorkSeconds,
        durationNanos,
        seed,
        minutes,
        failures,
        fixedCostNanos,
        bytesPerSecond,
        meanMemoryBytes,
        latencyNanos,
        schedulerPeriodNanos,
        warmUpNanos);
  }

  /** The same with another seed. */
  public SimulationOptions withSeed(long other) {
    return new SimulationOptions(
        policies,
        nodes,
        coresPerNode,
        trace,
        workload,
        load,
        meanWorkSeconds,
        durationNanos,
        other,
        ownerMinutes,
        failuresPerNodeDay,
        fixedCostNanos,
        bytesPerSecond,
        meanMemoryBytes,
        latencyNanos,
        schedulerPeriodNanos,
        warmUpNanos);
  }
}

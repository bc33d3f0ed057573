package io.godwit.policy.load;

import java.util.Set;

/**
 * The load of one node as it is told to others; survey section 2.7 and table 7 name the indices.
 *
 * @param runQueue processes that run or wait for a CPU, averaged over the collection window
 * @param cores CPU cores that Godwit may use
 * @param speed speed of one core relative to the cluster's reference core (1.0)
 * @param cpuUse share of all cores in use, 0 to 1
 * @param pressure share of time in which something waited (Linux PSI)
 * @param memoryFreeBytes memory that can be had without paging
 * @param swapFreeBytes free swap space
 * @param pagesPerSecond pages moved to and from swap or a page server each second
 * @param diskBytesPerSecond bytes read from and written to disks each second
 * @param networkBytesPerSecond bytes received and sent each second
 * @param ownerIdleNanos time since the last keyboard, mouse or terminal input; {@link
 *     Long#MAX_VALUE} on a node that nobody sits at
 * @param foreign processes here whose home is another node
 * @param accepts whether the node takes foreign processes at all at present
 * @param resources names of what the node has, for example {@code x86_64} or {@code ssd}
 */
public record NodeLoad(
    double runQueue,
    int cores,
    double speed,
    double cpuUse,
    Pressure pressure,
    long memoryFreeBytes,
    long swapFreeBytes,
    double pagesPerSecond,
    double diskBytesPerSecond,
    double networkBytesPerSecond,
    long ownerIdleNanos,
    int foreign,
    boolean accepts,
    Set<String> resources) {

  /**
   * Shares of the last ten seconds in which some task waited, 0 to 1, from the {@code some avg10}
   * fields of /proc/pressure (kernel documentation, accounting/psi).
   */
  public record Pressure(double cpu, double memory, double io) {
    /** Nothing waited, or the kernel does not say. */
    public static final Pressure NONE = new Pressure(0, 0, 0);
  }

  public NodeLoad {
    if (!(runQueue >= 0) || cores < 1 || !(speed > 0)) {
      throw new IllegalArgumentException(
          "not a load: run queue " + runQueue + ", cores " + cores + ", speed " + speed);
    }
    resources = Set.copyOf(resources);
  }

  /** An idle node without an owner that takes foreign processes. */
  public static NodeLoad idle(
      int cores, double speed, long memoryFreeBytes, Set<String> resources) {
    return new NodeLoad(
        0,
        cores,
        speed,
        0,
        Pressure.NONE,
        memoryFreeBytes,
        0,
        0,
        0,
        0,
        Long.MAX_VALUE,
        0,
        true,
        resources);
  }

  /**
   * How many times longer one second of CPU time takes here when {@code processes} share the node:
   * the stretch factor of Ferrari and Zhou for processor sharing.
   */
  public double stretchWith(double processes) {
    return Math.max(1.0, processes / cores) / speed;
  }

  /** The same with another run queue and the utilization that follows from it. */
  public NodeLoad withRunQueue(double processes) {
    return new NodeLoad(
        processes,
        cores,
        speed,
        Math.min(1.0, processes / cores),
        pressure,
        memoryFreeBytes,
        swapFreeBytes,
        pagesPerSecond,
        diskBytesPerSecond,
        networkBytesPerSecond,
        ownerIdleNanos,
        foreign,
        accepts,
        resources);
  }

  /** The same with other guests, willingness and owner's idle time. */
  public NodeLoad withGuests(int foreignProcesses, boolean accepting, long idleNanos) {
    return new NodeLoad(
        runQueue,
        cores,
        speed,
        cpuUse,
        pressure,
        memoryFreeBytes,
        swapFreeBytes,
        pagesPerSecond,
        diskBytesPerSecond,
        networkBytesPerSecond,
        idleNanos,
        foreignProcesses,
        accepting,
        resources);
  }

  /** The same with another amount of free memory and swap. */
  public NodeLoad withFree(long memoryBytes, long swapBytes) {
    return new NodeLoad(
        runQueue,
        cores,
        speed,
        cpuUse,
        pressure,
        memoryBytes,
        swapBytes,
        pagesPerSecond,
        diskBytesPerSecond,
        networkBytesPerSecond,
        ownerIdleNanos,
        foreign,
        accepts,
        resources);
  }
}

package io.godwit.node.pod;

import io.godwit.linux.launch.HostClocks;

/**
 * What a pod's time namespace adds to the clocks of the kernel's first namespace, in nanoseconds;
 * time_namespaces(7).
 */
public record TimeOffsets(long monotonicNanos, long bootNanos) {
  public static final TimeOffsets NONE = new TimeOffsets(0, 0);

  private static final long SECOND = 1_000_000_000L;

  /** Readings of a pod's clocks at one moment. */
  public record Clocks(long monotonicNanos, long bootNanos) {}

  /** The offsets of this process's own clocks: a pod that has them reads what the daemon reads. */
  public static TimeOffsets here() {
    HostClocks.Offsets own = HostClocks.ownOffsets();
    return new TimeOffsets(own.monotonicNanos(), own.bootNanos());
  }

  /** What a program in a pod with these offsets reads now. */
  public Clocks now() {
    HostClocks.Offsets own = HostClocks.ownOffsets();
    return new Clocks(
        HostClocks.monotonicNanos() - own.monotonicNanos() + monotonicNanos,
        HostClocks.bootNanos() - own.bootNanos() + bootNanos);
  }

  /**
   * The offsets with which a pod on this machine reads {@code clocks} now, so that they go on from
   * there. What the reading's way here is reckoned to have taken should be in it; where that was
   * too little, the pod waits before it runs, so that its clocks never go back.
   */
  public static TimeOffsets continuing(Clocks clocks) {
    Clocks here = NONE.now();
    return new TimeOffsets(
        clocks.monotonicNanos() - here.monotonicNanos(), clocks.bootNanos() - here.bootNanos());
  }

  /** As {@code /proc/PID/timens_offsets} takes them. */
  String toFileFormat() {
    return line("monotonic", monotonicNanos) + line("boottime", bootNanos);
  }

  private static String line(String clock, long nanos) {
    return clock + " " + Math.floorDiv(nanos, SECOND) + " " + Math.floorMod(nanos, SECOND) + "\n";
  }
}

package io.godwit.node.cluster;

import io.godwit.linux.proc.SchedStat;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How many tasks of a set of processes ran or waited for a processor on average since the last
 * look: exact where the kernel counts both times (schedstat), which no sharing of the processor and
 * no moment of looking distorts; else by their states now.
 */
final class TaskMeter {
  private final ProcFiles proc;
  private Map<Long, Long> before = new HashMap<>();
  private long beforeNanos;
  private boolean started;

  TaskMeter(ProcFiles proc) {
    this.proc = proc;
  }

  /** Looks now; negative at the first look, when nothing is known. */
  double look(List<Integer> processes, int mostTasks, long nowNanos) {
    Map<Long, Long> now = new HashMap<>();
    Set<Integer> counted = new HashSet<>();
    double runnable = 0;
    boolean kernelCounts = false;
    long gained = 0;
    int left = mostTasks;
    for (int pid : processes) {
      for (int tid : proc.threads(pid, Math.max(0, left))) {
        left--;
        Optional<SchedStat> times = proc.times(pid, tid);
        if (times.isEmpty() || !counted.add(tid)) {
          continue;
        }
        long sum = times.get().runNanos() + times.get().waitNanos();
        kernelCounts |= sum > 0;
        now.put((long) tid, sum);
        // A task that is new has had its times since the last look, but for those of a number that
        // was used again, which are far too large.
        long old = before.getOrDefault((long) tid, 0L);
        gained += Math.clamp(sum - old, 0, Math.max(1, nowNanos - beforeNanos));
        if (!kernelCounts && proc.runnable(pid, tid)) {
          runnable++;
        }
      }
    }
    boolean first = !started;
    long passed = nowNanos - beforeNanos;
    before = now;
    beforeNanos = nowNanos;
    started = true;
    if (first || passed <= 0) {
      return -1;
    }
    return kernelCounts ? (double) gained / passed : runnable;
  }
}

package io.godwit.engine.refusal;

import io.godwit.core.Pid;
import io.godwit.linux.DeviceNumber;
import io.godwit.linux.proc.MemoryMapping;
import io.godwit.linux.proc.TaskStat;
import io.godwit.linux.proc.TaskStatus;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * One process as it was seen.
 *
 * @param stuck whether one wait in state D, which no signal ends, lasts
 * @param threads the status of each thread
 * @param namespaces each link of /proc/PID/ns with what it names
 * @param elfClass 1 for a 32-bit executable, 2 for a 64-bit one, 0 where it could not be read
 * @param sharing what it shares with another process of the tree that a fork would not share
 * @param clocks the clocks of its POSIX timers
 * @param hugeDevices devices of the hugetlbfs file systems that it sees
 */
public record ProcessSurvey(
    Pid pid,
    TaskStat stat,
    TaskStatus status,
    boolean stuck,
    List<TaskStatus> threads,
    Map<String, String> namespaces,
    int elfClass,
    List<DescriptorSurvey> descriptors,
    List<MemoryMapping> mappings,
    Set<String> sharing,
    List<Integer> clocks,
    Set<DeviceNumber> hugeDevices) {
  public ProcessSurvey {
    threads = List.copyOf(threads);
    namespaces = Map.copyOf(namespaces);
    descriptors = List.copyOf(descriptors);
    mappings = List.copyOf(mappings);
    sharing = Set.copyOf(sharing);
    clocks = List.copyOf(clocks);
    hugeDevices = Set.copyOf(hugeDevices);
  }

  Refusal refuse(RefusalCode code, String resource, String why, String advice) {
    return new Refusal(code, pid, status.name(), resource, why, advice);
  }

  /** What tells shared memory apart: ids of segments are unique in their namespace only. */
  String memoryName(MemoryMapping mapping) {
    return memoryName(mapping, () -> namespaces.getOrDefault("ipc", ""));
  }

  /**
   * As above, for a process that was not surveyed.
   *
   * @param ipc tells its IPC namespace
   */
  static String memoryName(MemoryMapping mapping, Supplier<String> ipc) {
    return (mapping.isSystemVSegment() ? ipc.get() : mapping.device()) + ":" + mapping.inode();
  }

  /** Whether it has ended and only waits to be reaped. */
  boolean isZombie() {
    return switch (stat.state()) {
      case ZOMBIE, DEAD -> true;
      default -> false;
    };
  }
}

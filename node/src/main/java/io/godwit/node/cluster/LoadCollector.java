package io.godwit.node.cluster;

import io.godwit.core.NodeId;
import io.godwit.linux.proc.MemInfo;
import io.godwit.policy.load.LoadAverage;
import io.godwit.policy.load.NodeLoad;
import io.godwit.policy.load.ProcessKey;
import io.godwit.policy.load.ProcessLoad;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Collects what survey section 2.7 calls the load indices: of the node and, for each pod, age,
 * memory and demand. The run queue is the sum of what each pod wants of the processor and of what
 * runs beside the pods, the daemon left out; so a pod that has left counts no more from that
 * moment. Used by one thread.
 */
public final class LoadCollector {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double KIBIBYTE = 1024;

  private final NodeId self;
  private final ProcFiles proc;
  private final int cores;
  private final Set<String> resources;
  private final int daemon;
  private final TaskMeter surroundings;
  private final LoadAverage beside = new LoadAverage(ClusterLimits.DEMAND_HALF_LIFE.toNanos());
  private final Map<String, Meter> meters = new HashMap<>();
  private final Map<String, Brought> brought = new HashMap<>();
  private long surroundingsAt = Long.MIN_VALUE;
  private Rates rates = Rates.NONE;
  private Counters counters = Counters.NONE;
  private NodeLoad.Pressure pressure = NodeLoad.Pressure.NONE;
  private long memoryFree;
  private long swapFree;

  /** What a pod brings along from the node where it was. */
  private record Brought(long ageNanos, int moves) {}

  /** Counters of the kernel at one moment. */
  private record Counters(
      long atNanos, long busyTicks, long allTicks, long pages, long diskKib, long networkBytes) {
    static final Counters NONE = new Counters(0, 0, 0, 0, 0, 0);
  }

  private record Rates(double cpuUse, double pages, double disk, double network) {
    static final Rates NONE = new Rates(0, 0, 0, 0);
  }

  /** What is known of one pod. */
  private static final class Meter {
    final TaskMeter tasks;
    final LoadAverage demand = new LoadAverage(ClusterLimits.DEMAND_HALF_LIFE.toNanos());
    final long sinceNanos;
    final Deque<Long> moves = new ArrayDeque<>();
    ResidentPod pod;
    long broughtNanos;
    long usedNanos;
    long memoryBytes;
    boolean movedByUser;

    Meter(ProcFiles proc, ResidentPod pod, long nowNanos) {
      this.tasks = new TaskMeter(proc);
      this.pod = pod;
      this.sinceNanos = nowNanos;
      // Until it is measured a program is taken to want a processor: most of those that matter do.
      demand.sample(1.0, nowNanos);
    }
  }

  /**
   * @param cores processor cores that count, at least 1
   * @param resources what the node has, for resource expressions
   */
  public LoadCollector(NodeId self, int cores, Set<String> resources) {
    this(self, cores, resources, new ProcFiles(Path.of("/proc")));
  }

  /**
   * @param proc where the figures are, laid out as /proc is; what is not there counts as nothing
   */
  public LoadCollector(NodeId self, int cores, Set<String> resources, Path proc) {
    this(self, cores, resources, new ProcFiles(proc));
  }

  LoadCollector(NodeId self, int cores, Set<String> resources, ProcFiles proc) {
    this.self = self;
    this.cores = cores;
    this.resources = Set.copyOf(resources);
    this.proc = proc;
    this.surroundings = new TaskMeter(proc);
    this.daemon = (int) ProcessHandle.current().pid();
  }

  /** The key of a pod: its name in a form that policy can order. FNV-1a over its UTF-16 units. */
  public static ProcessKey key(NodeId home, String pod) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < pod.length(); i++) {
      hash = (hash ^ pod.charAt(i)) * 0x100000001b3L;
    }
    return new ProcessKey(home, hash & Long.MAX_VALUE);
  }

  /** A pod that is about to come was this old and had been moved so often lately. */
  public void expect(String pod, long ageNanos, int moves) {
    if (brought.size() < ClusterLimits.NAMES) {
      brought.put(pod, new Brought(ageNanos, moves));
    }
  }

  /** A pod has left: it counts no more, from this moment. */
  public void gone(String pod) {
    meters.remove(pod);
  }

  /** Looks at the pods, and where it is time at all else. */
  public void look(List<ResidentPod> pods, long nowNanos) {
    Set<String> present = new HashSet<>();
    for (ResidentPod pod : pods) {
      present.add(pod.name());
      Meter meter = meters.get(pod.name());
      if (meter == null) {
        meter = arrive(pod, nowNanos);
      }
      meter.pod = pod;
      look(meter, nowNanos);
    }
    meters.keySet().retainAll(present);
    if (surroundingsAt == Long.MIN_VALUE
        || nowNanos - surroundingsAt >= ClusterLimits.SURROUNDINGS.toNanos()) {
      surroundingsAt = nowNanos;
      lookAround(pods, nowNanos);
    }
  }

  private Meter arrive(ResidentPod pod, long nowNanos) {
    Meter meter = new Meter(proc, pod, nowNanos);
    Brought with = brought.remove(pod.name());
    if (with != null) {
      meter.broughtNanos = with.ageNanos();
      for (int i = 0; i < Math.min(with.moves(), 1000); i++) {
        meter.moves.add(nowNanos);
      }
    } else if (pod.moved()) {
      meter.movedByUser = true;
      meter.moves.add(nowNanos);
    }
    meters.put(pod.name(), meter);
    return meter;
  }

  private void look(Meter meter, long nowNanos) {
    double wanted = meter.tasks.look(meter.pod.processes(), ClusterLimits.THREADS_READ, nowNanos);
    if (wanted >= 0) {
      meter.demand.sample(wanted, nowNanos);
    }
    long used = 0;
    long memory = 0;
    for (int pid : meter.pod.processes()) {
      used += proc.cpuNanos(pid);
      memory += proc.anonymousBytes(pid);
    }
    // What children had used that nobody waited for is forgotten by the kernel, not by us.
    meter.usedNanos = Math.max(meter.usedNanos, used);
    meter.memoryBytes = memory;
    while (!meter.moves.isEmpty()
        && nowNanos - meter.moves.getFirst() > ClusterLimits.MOVE_WINDOW.toNanos()) {
      meter.moves.removeFirst();
    }
  }

  private void lookAround(List<ResidentPod> pods, long nowNanos) {
    Set<Integer> inPods = new HashSet<>();
    pods.forEach(pod -> inPods.addAll(pod.processes()));
    List<Integer> others = proc.processes(ClusterLimits.PROCESSES_READ);
    others.removeIf(pid -> pid == daemon || inPods.contains(pid));
    double wanted = surroundings.look(others, ClusterLimits.PROCESSES_READ, nowNanos);
    if (wanted >= 0) {
      beside.sample(wanted, nowNanos);
    }
    Optional<MemInfo> memory = proc.memory();
    memoryFree = memory.map(MemInfo::availableBytes).orElse(0L);
    swapFree = memory.map(MemInfo::swapFreeBytes).orElse(0L);
    pressure =
        new NodeLoad.Pressure(proc.pressure("cpu"), proc.pressure("memory"), proc.pressure("io"));
    Counters now = counters(nowNanos);
    rates = rates(counters, now);
    counters = now;
  }

  private Counters counters(long nowNanos) {
    long[] ticks = proc.machineTicks();
    String vm = proc.text("vmstat");
    return new Counters(
        nowNanos,
        ticks[0],
        ticks[1],
        ProcFiles.counter(vm, "pswpin") + ProcFiles.counter(vm, "pswpout"),
        ProcFiles.counter(vm, "pgpgin") + ProcFiles.counter(vm, "pgpgout"),
        proc.networkBytes());
  }

  private static Rates rates(Counters before, Counters now) {
    double seconds = (now.atNanos() - before.atNanos()) / NANOS_PER_SECOND;
    if (before.equals(Counters.NONE) || seconds <= 0) {
      return Rates.NONE;
    }
    long ticks = now.allTicks() - before.allTicks();
    return new Rates(
        ticks <= 0 ? 0 : Math.clamp((double) (now.busyTicks() - before.busyTicks()) / ticks, 0, 1),
        Math.max(0, now.pages() - before.pages()) / seconds,
        Math.max(0, now.diskKib() - before.diskKib()) * KIBIBYTE / seconds,
        Math.max(0, now.networkBytes() - before.networkBytes()) / seconds);
  }

  /** What runs beside the pods wants so many processors. */
  public double besidePods() {
    return beside.value();
  }

  /**
   * The node's load.
   *
   * @param counts which pods count: those that are not on their way out
   * @param accepts whether the node takes foreign processes at all at present
   */
  public NodeLoad load(Predicate<String> counts, boolean accepts, long ownerIdleNanos) {
    double queue = beside.value();
    int foreign = 0;
    for (Map.Entry<String, Meter> each : meters.entrySet()) {
      if (counts.test(each.getKey())) {
        queue += each.getValue().demand.value();
        foreign += each.getValue().pod.home().equals(self) ? 0 : 1;
      }
    }
    return new NodeLoad(
        queue,
        cores,
        1.0,
        rates.cpuUse(),
        pressure,
        memoryFree,
        swapFree,
        rates.pages(),
        rates.disk(),
        rates.network(),
        ownerIdleNanos,
        foreign,
        accepts,
        resources);
  }

  /** What is known of a pod, or null where it is not here. */
  public @Nullable ProcessLoad process(String pod, boolean movable, long nowNanos) {
    Meter meter = meters.get(pod);
    if (meter == null) {
      return null;
    }
    long residency = nowNanos - meter.sinceNanos;
    if (meter.movedByUser) {
      residency = Math.max(0, residency - ClusterLimits.USER_MOVE_RESPECTED.toNanos());
    }
    return new ProcessLoad(
        key(meter.pod.home(), pod),
        meter.pod.program(),
        meter.pod.user(),
        meter.broughtNanos + meter.usedNanos,
        residency,
        meter.memoryBytes,
        0,
        0,
        0,
        0,
        meter.moves.size(),
        Map.of(),
        movable);
  }

  /** What is known of the pods that the predicate names. */
  public List<ProcessLoad> processes(
      Predicate<String> counts, Predicate<String> movable, long nowNanos) {
    List<ProcessLoad> loads = new ArrayList<>(meters.size());
    for (String pod : meters.keySet()) {
      if (counts.test(pod)) {
        ProcessLoad load = process(pod, movable.test(pod), nowNanos);
        if (load != null) {
          loads.add(load);
        }
      }
    }
    return loads;
  }
}

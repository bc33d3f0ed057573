package io.godwit.simulator;

import io.godwit.core.NodeId;
import io.godwit.policy.load.Dissemination;
import io.godwit.policy.load.NodeLoad;
import io.godwit.policy.load.ProcessKey;
import io.godwit.policy.load.ProcessLoad;
import io.godwit.policy.scheduling.LocalNode;
import io.godwit.policy.scheduling.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node of the model: its cores are shared equally by the processes on it (processor sharing). A
 * process that talks to a partner on another node loses the time that its messages take.
 */
final class SimNode implements LocalNode {
  final NodeId id;
  final int index;
  final int cores;
  final double speed;
  final List<SimProcess> running = new ArrayList<>();
  private final NodeLoad idle;
  private final double linkBytesPerSecond;

  /** The real classes of policy, set once when the cluster is built. */
  @Nullable Dissemination load;

  @Nullable Scheduler scheduler;

  boolean ownerHere;
  boolean dead;
  long ownerLeftNanos;
  long ownerCameNanos;

  /** When it will be looked whether a process is done. */
  final Looks looks = new Looks();

  /** How often it has started: what was scheduled before a failure is void after it. */
  int boots;

  int foreign;
  int suspended;
  long loadWakeNanos = Long.MAX_VALUE;
  private long updatedNanos;
  private @Nullable NodeLoad cached;
  private double lowestMemory;

  SimNode(
      NodeId id, int index, int cores, double speed, long memoryBytes, double linkBytesPerSecond) {
    this.id = id;
    this.index = index;
    this.cores = cores;
    this.speed = speed;
    this.linkBytesPerSecond = linkBytesPerSecond;
    this.idle = NodeLoad.idle(cores, speed, memoryBytes, java.util.Set.of("x86_64"));
    this.lowestMemory = memoryBytes;
  }

  /** Gives the processes the service that they got since the last call. */
  void advance(long nowNanos) {
    long passed = nowNanos - updatedNanos;
    updatedNanos = nowNanos;
    if (passed <= 0 || running.isEmpty()) {
      return;
    }
    double share = passed * share();
    for (int i = 0; i < running.size(); i++) {
      SimProcess process = running.get(i);
      process.doneNanos += share * pace(process);
    }
  }

  /** Service for each process and unit of time. */
  private double share() {
    int processes = running.size() - suspended;
    return processes <= 0 ? 0 : speed * Math.min(1.0, (double) cores / processes);
  }

  private double pace(SimProcess process) {
    if (process.suspended) {
      return 0;
    }
    SimProcess partner = process.partner;
    if (partner == null || partner.ended || partner.node.index == index) {
      return 1;
    }
    return 1 / (1 + process.partnerBytesPerSecond / linkBytesPerSecond);
  }

  /** When the next process will be done if nothing changes. */
  long nextCompletionNanos() {
    double share = share();
    double soonest = Double.POSITIVE_INFINITY;
    for (int i = 0; i < running.size(); i++) {
      SimProcess process = running.get(i);
      double pace = share * pace(process);
      if (pace > 0) {
        soonest = Math.min(soonest, (process.workNanos - process.doneNanos) / pace);
      }
    }
    return soonest == Double.POSITIVE_INFINITY
        ? Long.MAX_VALUE
        : updatedNanos + (long) Math.ceil(Math.max(0, soonest));
  }

  void add(SimProcess process, long nowNanos) {
    advance(nowNanos);
    process.node = this;
    process.hereSinceNanos = nowNanos;
    running.add(process);
    lowestMemory -= process.memoryBytes;
    if (process.home.index != index) {
      foreign++;
    }
    cached = null;
  }

  void remove(SimProcess process, long nowNanos) {
    advance(nowNanos);
    running.remove(process);
    lowestMemory += process.memoryBytes;
    if (process.home.index != index) {
      foreign--;
    }
    if (process.suspended) {
      process.suspended = false;
      suspended--;
    }
    cached = null;
  }

  void suspend(SimProcess process, boolean stop, long nowNanos) {
    advance(nowNanos);
    if (process.suspended != stop) {
      process.suspended = stop;
      suspended += stop ? 1 : -1;
      cached = null;
    }
  }

  void owner(boolean here, long nowNanos) {
    ownerHere = here;
    if (here) {
      ownerCameNanos = nowNanos;
    } else {
      ownerLeftNanos = nowNanos;
    }
    cached = null;
  }

  @Nullable SimProcess find(ProcessKey key) {
    for (SimProcess process : running) {
      if (process.key.equals(key)) {
        return process;
      }
    }
    return null;
  }

  @Override
  public NodeId id() {
    return id;
  }

  @Override
  public NodeLoad load() {
    NodeLoad now = cached;
    if (now == null) {
      now =
          idle.withFree((long) Math.max(0, lowestMemory), 0)
              .withGuests(foreign, !ownerHere, ownerHere ? 0 : Long.MAX_VALUE - ownerLeftNanos)
              .withRunQueue(running.size() - suspended);
      cached = now;
    }
    return now;
  }

  @Override
  public List<ProcessLoad> processes(long nowNanos) {
    advance(nowNanos);
    List<ProcessLoad> loads = new ArrayList<>(running.size());
    for (SimProcess process : running) {
      SimProcess partner = process.partner;
      Map<NodeId, Double> talks =
          partner == null || partner.ended
              ? Map.of()
              : Map.of(partner.node.id, process.partnerBytesPerSecond);
      loads.add(
          new ProcessLoad(
              process.key,
              process.name,
              process.user,
              (long) process.doneNanos,
              nowNanos - process.hereSinceNanos,
              process.memoryBytes,
              0,
              0,
              0,
              0,
              process.moves,
              talks,
              !process.moving));
    }
    return loads;
  }
}

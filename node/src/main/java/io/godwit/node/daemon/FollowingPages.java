package io.godwit.node.daemon;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.engine.pages.FaultServer;
import io.godwit.linux.Fd;
import io.godwit.linux.KeptDescriptors;
import io.godwit.node.NodeError;
import io.godwit.node.NodeLimits;
import io.godwit.node.migration.ProcessMover;
import io.godwit.node.pod.ArrivalPod;
import io.godwit.node.pod.Pod;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The pods of this node whose pages are not all here yet: the survey's residual dependencies. The
 * pod's init holds the fault descriptors too, so that a program waits for a page that is missing
 * when this daemon dies, and never reads zeros.
 *
 * <p>One thread for each pod waits for the last page.
 */
final class FollowingPages {
  private static final Logger LOG = System.getLogger(FollowingPages.class.getName());
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  private final LocalProcesses processes;
  private final Map<String, Following> all = new ConcurrentHashMap<>();

  FollowingPages(LocalProcesses processes) {
    this.processes = processes;
  }

  /** One pod's. */
  final class Following implements FaultServer.Keeper {
    private final Pod pod;
    private final KeptDescriptors kept;
    private final FaultServer server;
    private ProcessMover.@org.jspecify.annotations.Nullable PagesBehind source;

    private Following(ArrivalPod room) {
      this.pod = room.pod();
      this.kept = room.keepInInit();
      this.server = new FaultServer(true, this);
    }

    FaultServer server() {
      return server;
    }

    /** Before the processes run: faults are taken from now on. */
    void start(ProcessMover.PagesBehind from) {
      source = from;
      server.start(from);
    }

    /** The processes run. */
    void follow() {
      all.put(pod.id(), this);
      server.push();
      Thread.ofPlatform().daemon().name("godwit-following-" + pod.id()).start(this::await);
    }

    private void await() {
      while (!server.await(LOOK_AGAIN)) {
        if (pod.isRelinquished()) {
          break;
        }
      }
      String lost = server.lostBecause();
      if (lost != null) {
        // Who waits for a page goes on waiting; the others are not to go on without them.
        pod.cgroup().requestFreeze();
        processes.pagesLost(pod.id(), server.residualBytes(), lost);
        LOG.log(Level.ERROR, "{0} stands still: its pages are lost: {1}", pod.id(), lost);
        return;
      }
      all.remove(pod.id(), this);
      end();
    }

    private Optional<Behind> behind() {
      return Optional.ofNullable(source)
          .map(from -> new Behind(from.node(), server.residualBytes()));
    }

    private void end() {
      ProcessMover.PagesBehind from = source;
      if (from != null) {
        from.complete();
      }
      kept.close();
      try {
        ArrivalPod.endKeeping(pod);
      } catch (RuntimeException ended) {
        LOG.log(Level.DEBUG, "the init of {0} has ended: {1}", pod.id(), ended.getMessage());
      }
    }

    /** The processes are gone, or never ran. */
    void giveUp() {
      all.remove(pod.id(), this);
      kept.release();
      server.close();
      kept.close();
      ProcessMover.PagesBehind from = source;
      if (from != null) {
        from.close();
      }
    }

    @Override
    public void keep(Fd descriptor) {
      if (!kept.keep(descriptor)) {
        LOG.log(
            Level.WARNING,
            "a child of {0} would not outlive this daemon with its pages missing",
            pod.id());
      }
    }

    @Override
    public void release() {
      kept.release();
    }
  }

  /** For a pod that is being built. */
  Following of(ArrivalPod room) {
    return new Following(room);
  }

  /** What a pod still needs of the node where it was. */
  record Behind(NodeId source, long bytes) {}

  /** What a pod still needs; empty when it has all. */
  Optional<Behind> behind(String pod) {
    return Optional.ofNullable(all.get(pod)).flatMap(Following::behind);
  }

  /** Waits until a pod has all its pages, as it has to before it moves again. */
  void awaitAll(String pod) {
    Following following = all.get(pod);
    long deadline = System.nanoTime() + NodeLimits.PAGES_BEFORE_NEXT.toNanos();
    while (following != null
        && all.get(pod) == following
        && following.server.lostBecause() == null
        && System.nanoTime() < deadline) {
      try {
        Thread.sleep(1);
      } catch (InterruptedException stopping) {
        Thread.currentThread().interrupt();
        throw LeavingPod.interrupted(pod);
      }
    }
    if (following != null && all.get(pod) == following) {
      String lost = following.server.lostBecause();
      throw new GodwitException(
          lost == null ? NodeError.ALREADY_MIGRATING : NodeError.PAGES_LOST,
          "migrating '" + pod + "'",
          following.server.residualBytes()
              + " bytes of it "
              + (lost == null ? "are still where it was" : "are lost: " + lost),
          lost == null
              ? "wait until they have come; 'godwit ps --dependencies' shows them"
              : "end it with 'godwit signal " + pod + " KILL', or restart it from a checkpoint");
    }
  }
}

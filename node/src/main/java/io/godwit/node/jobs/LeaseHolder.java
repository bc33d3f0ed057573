package io.godwit.node.jobs;

import io.godwit.core.Epoch;
import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.linux.launch.HostClocks;
import io.godwit.node.pod.Pod;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps the leases of the processes that are here and whose home is another node: claims them again
 * and again, lets them run while their home grants it, and kills those whose place another instance
 * has taken. Thread {@code godwit-leases}; each home is asked by a virtual thread of its own, so
 * that a silent one delays nobody.
 */
public final class LeaseHolder implements AutoCloseable {
  private static final Logger LOG = System.getLogger(LeaseHolder.class.getName());

  /**
   * A pod is thawed in so many renewals after it was frozen: a guard that was just about to write
   * may have frozen it once more.
   */
  private static final int THAWS = 3;

  private final Visitors visitors;
  private final Homes homes;
  private final Duration beat;
  private final Map<String, Held> held = new HashMap<>(); // guarded by this
  private final Set<NodeId> asking = ConcurrentHashMap.newKeySet();
  private final Thread thread;
  private volatile boolean closing;

  /** A process here that needs a lease. */
  public record Visitor(String pod, NodeId home, Epoch epoch) {}

  /** What is here. */
  public interface Visitors {
    /** Those that need a lease, but for those that nobody knows the owner of. */
    List<Visitor> leased();

    Optional<Pod> pod(String name);

    /** Whether a migration of it is under way, during which others freeze and thaw it. */
    boolean moving(String pod);

    /** Another instance has taken its place: it is killed and forgotten. */
    void revoked(String pod);
  }

  /** A home's answer about one process. */
  public record Reply(LeaseBook.Answer answer, Duration lease) {}

  /** The homes of others. */
  public interface Homes {
    /** Fails with {@link GodwitException} where the home is out of reach. */
    Map<String, Reply> claim(NodeId home, List<Visitor> claims, Duration patience);
  }

  private static final class Held {
    final Pod pod;
    final LeaseGuard guard;
    int thaws = THAWS;

    Held(Pod pod, LeaseGuard guard) {
      this.pod = pod;
      this.guard = guard;
    }
  }

  public LeaseHolder(Visitors visitors, Homes homes, Duration lease) {
    this.visitors = visitors;
    this.homes = homes;
    Duration fifth = lease.dividedBy(5);
    this.beat = fifth.compareTo(Duration.ofSeconds(2)) > 0 ? Duration.ofSeconds(2) : fifth;
    this.thread = Thread.ofPlatform().daemon().name("godwit-leases").unstarted(this::run);
  }

  public void start() {
    thread.start();
  }

  /**
   * A pod that needs a lease is about to run here: it does where its home grants it, and else stays
   * frozen until its home does.
   */
  public void arriving(Pod pod, Visitor visitor) {
    pod.cgroup().hold();
    hold(visitor.pod(), pod);
    claim(visitor.home(), List.of(visitor));
  }

  private synchronized Held hold(String name, Pod pod) {
    Held known = held.get(name);
    if (known != null && known.pod == pod) {
      return known;
    }
    if (known != null) {
      known.guard.close();
    }
    pod.cgroup().hold();
    Held fresh = new Held(pod, LeaseGuard.of(pod));
    held.put(name, fresh);
    return fresh;
  }

  private void run() {
    while (!closing) {
      try {
        Map<NodeId, List<Visitor>> claims = claims();
        claims.forEach(this::ask);
        Thread.sleep(beat);
      } catch (InterruptedException stopping) {
        return;
      } catch (RuntimeException defect) {
        LOG.log(Level.ERROR, "leases go on after a defect", defect);
      }
    }
  }

  private Map<NodeId, List<Visitor>> claims() {
    Map<NodeId, List<Visitor>> claims = new TreeMap<>();
    for (Visitor visitor : visitors.leased()) {
      Optional<Pod> pod = visitors.pod(visitor.pod());
      if (pod.isPresent() && !pod.get().isRelinquished()) {
        Held kept = hold(visitor.pod(), pod.get());
        assert kept.pod == pod.get();
        claims.computeIfAbsent(visitor.home(), home -> new ArrayList<>()).add(visitor);
      }
    }
    forgetGone();
    return claims;
  }

  private synchronized void forgetGone() {
    held.entrySet()
        .removeIf(
            each -> {
              boolean gone =
                  visitors.pod(each.getKey()).filter(pod -> pod == each.getValue().pod).isEmpty();
              if (gone) {
                each.getValue().guard.close();
              }
              return gone;
            });
  }

  private void ask(NodeId home, List<Visitor> claims) {
    if (asking.add(home)) {
      Thread.ofVirtual()
          .name("godwit-claim-" + home)
          .start(
              () -> {
                try {
                  claim(home, claims);
                } finally {
                  asking.remove(home);
                }
              });
    }
  }

  private void claim(NodeId home, List<Visitor> claims) {
    // What is granted counts from before it was asked for: the home counts from after that.
    long asked = HostClocks.bootNanos();
    Map<String, Reply> replies;
    try {
      replies = homes.claim(home, claims, beat.multipliedBy(2));
    } catch (GodwitException silent) {
      LOG.log(Level.DEBUG, "home {0} is silent: {1}", home, silent.getMessage());
      return;
    }
    for (Visitor visitor : claims) {
      Reply reply = replies.get(visitor.pod());
      if (reply != null) {
        take(visitor, reply, asked);
      }
    }
  }

  private void take(Visitor visitor, Reply reply, long asked) {
    switch (reply.answer()) {
      case GRANTED -> granted(visitor.pod(), asked + reply.lease().toNanos());
      case REVOKED -> {
        LOG.log(Level.INFO, "{0} goes on elsewhere: what is left here is killed", visitor.pod());
        visitors.revoked(visitor.pod());
      }
      case UNKNOWN ->
          LOG.log(Level.INFO, "home {0} does not know {1}", visitor.home(), visitor.pod());
    }
  }

  private synchronized void granted(String name, long until) {
    Held lease = held.get(name);
    if (lease == null) {
      return;
    }
    boolean wasOver = lease.guard.isOver();
    lease.guard.until(until);
    if (wasOver || lease.pod.cgroup().isHeld()) {
      lease.thaws = THAWS;
    }
    if (lease.guard.isOver()) {
      return; // the answer came too late
    }
    if (lease.pod.cgroup().isHeld()) {
      lease.pod.cgroup().release(!visitors.moving(name));
      return;
    }
    if (lease.thaws > 0 && !visitors.moving(name)) {
      lease.thaws--;
      lease.pod.cgroup().thaw();
    }
  }

  /** Whether a process may leave this node: one that may not run may not be sent on. */
  public synchronized boolean mayLeave(String pod) {
    Held lease = held.get(pod);
    return lease == null || (!lease.guard.isOver() && !lease.pod.cgroup().isHeld());
  }

  /** The guards stay: without a daemon no lease is renewed. */
  @Override
  public void close() {
    closing = true;
    thread.interrupt();
  }
}

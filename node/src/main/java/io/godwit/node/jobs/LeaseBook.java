package io.godwit.node.jobs;

import io.godwit.core.Epoch;
import io.godwit.core.NodeId;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The home's side of leases: which process may run on which other node, and since when it has not
 * been claimed. A pure state machine but for the owner's record, which it reads and writes under
 * its own lock, so that a claim and a restart never cross. Where there is a registry, its majority
 * has to agree before a process is taken back. Times are this node's own durations.
 */
public final class LeaseBook {
  private final long leaseNanos;
  private final long overNanos;
  private final Owners owners;
  private final Map<String, Long> claimed = new HashMap<>(); // guarded by this
  private final Set<String> retaking = new HashSet<>(); // guarded by this
  private boolean ready; // guarded by this

  /** The node's durable word on who owns a process. */
  public interface Owners {
    /**
     * @param node where it runs or is to run
     */
    record Owner(NodeId node, Epoch epoch) {}

    /** The owner of a process whose home is here; empty where there is none of that name. */
    Optional<Owner> owner(String pod);

    /** Another node owns it from now on; on disk when this returns. */
    void owned(String pod, NodeId node, Epoch epoch);

    /** Whether a process of that name is to run at all. */
    boolean wanted(String pod);
  }

  /** What a home answers to a claim. */
  public enum Answer {
    /** It may run for the time of the lease, counted from before it was claimed. */
    GRANTED,
    /** Another instance has taken its place, or nobody wants it any more: it is to be killed. */
    REVOKED,
    /** The home does not know; it must not run, and asks again. */
    UNKNOWN
  }

  public LeaseBook(Duration lease, Owners owners) {
    this.leaseNanos = lease.toNanos();
    this.overNanos = leaseNanos + margin(lease).toNanos();
    this.owners = owners;
  }

  /** What lies between the end of a lease and a restart. */
  static Duration margin(Duration lease) {
    Duration quarter = lease.dividedBy(4);
    return quarter.compareTo(JobLimits.MARGIN) > 0 ? quarter : JobLimits.MARGIN;
  }

  public Duration lease() {
    return Duration.ofNanos(leaseNanos);
  }

  /** From now on it is known which processes there are. */
  synchronized void ready() {
    ready = true;
  }

  /** A node claims a process. */
  public synchronized Answer claim(String pod, Epoch epoch, NodeId by, long nowNanos) {
    Optional<Owners.Owner> known = owners.owner(pod);
    if (!ready || known.isEmpty() || retaking.contains(pod)) {
      return Answer.UNKNOWN;
    }
    int newer = epoch.compareTo(known.get().epoch());
    if (newer < 0 || (newer == 0 && !known.get().node().equals(by)) || !owners.wanted(pod)) {
      return Answer.REVOKED;
    }
    if (newer > 0) {
      owners.owned(pod, by, epoch);
    }
    claimed.put(pod, nowNanos);
    return Answer.GRANTED;
  }

  /** The process is on another node; where nothing was heard of it, time counts from now. */
  synchronized void away(String pod, long nowNanos) {
    claimed.putIfAbsent(pod, nowNanos);
  }

  /** Its node says that nothing is left of it: no lease is waited for. */
  synchronized void gone(String pod, long nowNanos) {
    claimed.put(pod, nowNanos - overNanos - 1);
  }

  /** The process is here, or nowhere. */
  synchronized void back(String pod) {
    claimed.remove(pod);
  }

  /** How long the process was not claimed; empty where it is not under a lease. */
  synchronized Optional<Duration> silence(String pod, long nowNanos) {
    Long at = claimed.get(pod);
    return at == null ? Optional.empty() : Optional.of(Duration.ofNanos(nowNanos - at));
  }

  /** Whether it is certain that the process runs nowhere. */
  synchronized boolean isOver(String pod, long nowNanos) {
    Long at = claimed.get(pod);
    return at != null && nowNanos - at > overNanos;
  }

  /**
   * Takes a process back that runs nowhere: it is this node's under the next epoch. Nobody is
   * granted a lease of it meanwhile.
   *
   * @param here whether nothing of it is left on this node either
   * @param arbiter asked last, without a lock: whether nobody else has it under that epoch; may
   *     fail, and nothing has happened then
   * @return whether that was so
   */
  public boolean retake(
      String pod,
      NodeId self,
      Predicate<Owners.Owner> here,
      Predicate<Owners.Owner> arbiter,
      long nowNanos) {
    Optional<Owners.Owner> known;
    synchronized (this) {
      known = owners.owner(pod);
      if (known.isEmpty() || !certain(pod, self, known.get(), here, nowNanos)) {
        return false;
      }
      if (!retaking.add(pod)) {
        return false;
      }
    }
    Owners.Owner next = new Owners.Owner(self, known.get().epoch().next());
    boolean granted = false;
    try {
      granted = arbiter.test(next);
    } finally {
      synchronized (this) {
        retaking.remove(pod);
        granted &= owners.owner(pod).equals(known);
        if (granted) {
          owners.owned(pod, self, next.epoch());
          claimed.remove(pod);
        }
      }
    }
    return granted;
  }

  private boolean certain(
      String pod, NodeId self, Owners.Owner known, Predicate<Owners.Owner> here, long nowNanos) {
    return known.node().equals(self) ? here.test(known) : isOver(pod, nowNanos);
  }

  /**
   * Another node has a process under an epoch that this home had not heard of: it counts from now
   * on, and gets the time of a lease to say so itself.
   */
  public synchronized void overtaken(String pod, NodeId node, Epoch epoch, long nowNanos) {
    if (owners.owner(pod).filter(known -> epoch.compareTo(known.epoch()) > 0).isPresent()) {
      owners.owned(pod, node, epoch);
      claimed.put(pod, nowNanos);
    }
  }
}

package io.godwit.node.visits;

import io.godwit.linux.proc.ProcFs;
import io.godwit.node.metrics.Exposition;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All copies that a node keeps of pods that have left. A copy goes when its pod is back, when its
 * time is over, when a newer one needs its room, or when the machine or somebody who comes needs
 * its memory. Safe from any thread.
 */
public final class KeptCopies implements AutoCloseable {
  private static final Logger LOG = System.getLogger(KeptCopies.class.getName());

  private static final int DEFAULT_SHARE = 8;
  private static final long DEFAULT_MOST = 4L << 30;

  /** The share of the machine's memory that stays available. */
  private static final int FLOOR_SHARE = 16;

  /** Below this there is nothing to be saved that a round trip does not cost. */
  private static final long LEAST = 1L << 20;

  /** How often it is looked whether memory has become short. */
  private static final Duration LOOK = Duration.ofSeconds(2);

  /** How long a pod that has left may wait for its copy, frozen, before it goes away. */
  private static final Duration COPYING = Duration.ofSeconds(4);

  /** How many pieces of memory are copied between two looks at what is available. */
  private static final int PIECES_PER_LOOK = 16;

  /** Copies that are made at once. Who leaves meanwhile leaves without. */
  private static final int COPYING_AT_ONCE = 2;

  private final Limits limits;
  private final LongSupplier available;
  private final LongSupplier clock;
  private final List<Keeping> all = new ArrayList<>(); // oldest first; guarded by this
  private @Nullable Thread watch; // guarded by this
  private boolean closed; // guarded by this

  /**
   * What may be kept.
   *
   * @param bytes in all; 0 keeps nothing
   * @param time after which a copy goes
   * @param floor memory that stays available: copies are given back below it, and none is begun
   *     below twice as much
   */
  public record Limits(long bytes, Duration time, long floor) {}

  /**
   * Keeps nothing yet.
   *
   * @param available memory of this machine that programs can still take, in bytes
   * @param clock nanoseconds, as System.nanoTime() tells them
   */
  public KeptCopies(Limits limits, LongSupplier available, LongSupplier clock) {
    this.limits = limits;
    this.available = available;
    this.clock = clock;
  }

  /**
   * Copies of the pods of this machine.
   *
   * @param bytes of all copies; negative for an eighth of the machine's memory, at most 4 GiB
   */
  public static KeptCopies ofMachine(long bytes, Duration time) {
    long total = ProcFs.host().memInfo().totalBytes();
    if (ManagementFactory.getOperatingSystemMXBean()
        instanceof com.sun.management.OperatingSystemMXBean system) {
      total = Math.min(total, system.getTotalMemorySize()); // a container's may be less
    }
    long limit =
        bytes < 0 ? Math.min(total / DEFAULT_SHARE, DEFAULT_MOST) : Math.min(bytes, total / 2);
    return new KeptCopies(
        new Limits(limit, time, total / FLOOR_SHARE),
        () -> ProcFs.host().memInfo().availableBytes(),
        System::nanoTime);
  }

  /** A copy in the making, and then one that is kept. */
  public final class Keeping {
    private final Visit visit;
    private final KeptCopy copy;
    private final long begun = clock.getAsLong();
    private volatile long room;
    private volatile boolean copying = true;
    private int pieces; // used by the one thread that adds

    private Keeping(Visit visit, KeptCopy copy, long room) {
      this.visit = visit;
      this.copy = copy;
      this.room = room;
    }

    /**
     * Adds memory; one thread.
     *
     * @param content a direct buffer, whose position and limit stay
     * @return false when there is no room or time for more
     */
    public boolean add(ByteBuffer content) {
      try {
        copy.add(content, room - copy.bytes());
      } catch (IOException gone) {
        LOG.log(Level.DEBUG, "no more of {0} is kept: {1}", visit.pod(), gone.toString());
        return false;
      }
      pieces++;
      return room > copy.bytes()
          && clock.getAsLong() - begun < COPYING.toNanos()
          && (pieces % PIECES_PER_LOOK != 0 || available.getAsLong() > limits.floor() * 2);
    }

    private long taken() {
      return copying ? room : copy.bytes();
    }

    /** All is there that could be had: makes it usable. */
    public void finish() {
      room = copy.bytes();
      copying = false;
      try {
        if (room < LEAST) {
          drop(this);
        } else {
          copy.index();
        }
      } catch (IOException | RuntimeException gone) {
        LOG.log(Level.DEBUG, "{0} is not kept: {1}", visit.pod(), gone.toString());
        drop(this);
      }
    }
  }

  /**
   * Begins a copy of a pod that leaves, which takes the place of an earlier one; the oldest make
   * room for it. What does not fit is not kept.
   *
   * @param bytes of memory that the pod has, at most
   * @return null where none can be kept
   */
  public synchronized @Nullable Keeping begin(Visit visit, long bytes) {
    removeAll(visit.pod());
    long copying = all.stream().filter(each -> each.copying).count();
    if (closed || Math.min(bytes, limits.bytes()) < LEAST || copying >= COPYING_AT_ONCE) {
      return null;
    }
    long wanted = Math.min(bytes, limits.bytes());
    for (Keeping oldest : List.copyOf(all)) {
      if (taken() + wanted > limits.bytes() && !oldest.copying) {
        drop(oldest);
      }
    }
    long spare = available.getAsLong() - limits.floor() * 2;
    long room = Math.min(spare, Math.min(wanted, limits.bytes() - taken()));
    if (room < LEAST) {
      return null;
    }
    try {
      Keeping made = new Keeping(visit, KeptCopy.create(), room);
      all.add(made);
      if (watch == null) {
        watch = Thread.ofPlatform().daemon().name("godwit-visits").start(this::watch);
      }
      return made;
    } catch (IOException | RuntimeException impossible) {
      LOG.log(Level.WARNING, "{0} is not kept: {1}", visit.pod(), impossible.toString());
      return null;
    }
  }

  private long taken() {
    return all.stream().mapToLong(Keeping::taken).sum();
  }

  /** What is kept of a pod that is about to arrive; null where that is nothing. */
  public synchronized @Nullable KeptCopy of(Visit next) {
    return all.stream()
        .filter(each -> each.visit.precedes(next))
        .map(each -> each.copy)
        .findFirst()
        .orElse(null);
  }

  /** A pod is here again, or will not be. */
  public synchronized void remove(String pod) {
    removeAll(pod);
  }

  private void removeAll(String pod) {
    removeIf(each -> each.visit.pod().equals(pod));
  }

  private void removeIf(Predicate<Keeping> which) {
    for (Iterator<Keeping> each = all.iterator(); each.hasNext(); ) {
      Keeping one = each.next();
      if (which.test(one)) {
        each.remove();
        one.copy.close();
      }
    }
  }

  private synchronized void drop(Keeping which) {
    removeIf(each -> each == which);
  }

  /**
   * Gives copies back until so much memory is available, or none is left: its own copy goes last.
   *
   * @param pod for which it is wanted
   */
  public synchronized void makeRoom(String pod, long bytes) {
    long wanted = bytes + limits.floor() - available.getAsLong();
    List<Keeping> order = new ArrayList<>(all);
    order.sort(Comparator.comparing(each -> each.visit.pod().equals(pod)));
    for (Keeping each : order) {
      if (wanted <= 0) {
        return;
      }
      wanted -= each.copy.bytes();
      drop(each);
    }
  }

  /** How much memory the copies take. */
  public synchronized long bytes() {
    return all.stream().mapToLong(each -> each.copy.bytes()).sum();
  }

  /** How many there are that can be used. */
  public synchronized int count() {
    return (int) all.stream().filter(each -> each.copy.isReady()).count();
  }

  private void watch() {
    while (look()) {
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }

  /** Takes away what must go; false when nothing is left to look after. */
  synchronized boolean look() {
    long now = clock.getAsLong();
    removeIf(each -> now - each.begun > limits.time().toNanos());
    while (!all.isEmpty() && available.getAsLong() < limits.floor()) {
      LOG.log(Level.INFO, "memory is short: what {0} left is given back", all.getFirst().visit);
      drop(all.getFirst());
    }
    if (all.isEmpty() || closed) {
      watch = null;
      return false;
    }
    return true;
  }

  /** Tells what is kept. */
  public void expose(Exposition out) {
    out.gauge("godwit_visits", "Pods that have left, of whose memory a copy is kept.", count());
    out.gauge("godwit_visits_bytes", "Memory that these copies take.", bytes());
  }

  @Override
  public synchronized void close() {
    closed = true;
    removeIf(each -> true);
    if (watch != null) {
      LockSupport.unpark(watch);
    }
  }
}

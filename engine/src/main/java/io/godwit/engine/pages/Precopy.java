package io.godwit.engine.pages;

import io.godwit.core.AddressRange;
import io.godwit.core.Pid;
import io.godwit.engine.EngineLimits;
import io.godwit.engine.freeze.FrozenTree;
import io.godwit.image.LiveProcess;
import io.godwit.image.ObjectId;
import io.godwit.image.PodImage;
import io.godwit.linux.LinuxException;
import io.godwit.linux.RemoteMemory;
import io.godwit.linux.abi.Errno;
import io.godwit.policy.transfer.PageSet;
import io.godwit.policy.transfer.StopRule;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The source's half of precopy (V; survey 3.2): sends the private anonymous memory of a tree while
 * it runs, in rounds, and remembers which pages the destination holds as they are. At the end, in
 * the freeze, {@link #remainder} tells what is left.
 *
 * <p>Everything else (private pages of file mappings, shared memory, files without a name) goes in
 * the freeze. Not for two threads at once.
 */
public final class Precopy implements AutoCloseable {
  private static final long PAGE = EngineLimits.PAGE_SIZE;

  private final PodImage image;
  private final DirtyTracker tracker;
  private final Map<Pid, Space> spaces = new LinkedHashMap<>();
  private final RunningReader reader = new RunningReader();
  private long sent;

  /** One address space on its way. */
  private static final class Space {
    final Pid hostPid;
    final ObjectId id;
    final PageSet mapped;

    /** What the destination has as it is here. */
    PageSet held = PageSet.EMPTY;

    /** What the destination has at all, be it stale. */
    PageSet filled = PageSet.EMPTY;

    PageSet unsent = PageSet.EMPTY;

    /** Whether its pages may be written unseen: then what was sent early counts for nothing. */
    boolean readsDirectly;

    Space(Pid hostPid, ObjectId id, PageSet mapped) {
      this.hostPid = hostPid;
      this.id = id;
      this.mapped = mapped;
    }
  }

  /**
   * Begins with a tree that is frozen for the moment. Call on the tracer's thread; the freeze is
   * undone afterwards.
   *
   * @param image of the frozen tree, from which the destination builds beforehand
   */
  public static Precopy begin(FrozenTree tree, PodImage image) {
    Map<Pid, Pid> hosts = new HashMap<>();
    tree.processes().forEach(process -> hosts.put(process.podPid(), process.hostPid()));
    return new Precopy(image, DirtyTracker.begin(tree), hosts);
  }

  private Precopy(PodImage image, DirtyTracker tracker, Map<Pid, Pid> hosts) {
    this.image = image;
    this.tracker = tracker;
    for (LiveProcess process : image.live()) {
      Pid host = hosts.get(process.pid());
      if (host != null) {
        spaces.put(
            process.pid(),
            new Space(host, process.memory().id(), LayoutChange.early(process.memory())));
      }
    }
  }

  /** The preliminary image. */
  public PodImage image() {
    return image;
  }

  /** Looks which pages were written; they are what the next {@link #send} sends. */
  public long scan() {
    return scan(this::look);
  }

  /** No read is under way in a frozen tree. */
  private void scanFrozen() {
    scan(
        space -> {
          if (!space.readsDirectly) {
            update(space, tracker.written(space.hostPid));
          }
        });
  }

  private long scan(Consumer<Space> look) {
    long pages = 0;
    for (Space space : spaces.values()) {
      try {
        look.accept(space);
      } catch (LinuxException e) {
        if (!e.is(Errno.ENOENT) && !e.is(Errno.ESRCH)) {
          throw e;
        }
        space.held = PageSet.EMPTY; // it ended; the final freeze finds other processes
        space.unsent = PageSet.EMPTY;
      }
      pages += space.unsent.size();
    }
    return pages * PAGE;
  }

  /** A read that was under way when pages were protected had its file open before or after. */
  private void look(Space space) {
    space.readsDirectly = space.readsDirectly || DirectReads.possible(space.hostPid);
    PageSet written = tracker.written(space.hostPid);
    space.readsDirectly = space.readsDirectly || DirectReads.possible(space.hostPid);
    if (space.readsDirectly) {
      space.held = PageSet.EMPTY;
      space.unsent = PageSet.EMPTY;
      return;
    }
    update(space, written);
  }

  private static void update(Space space, PageSet written) {
    space.held = space.held.minus(written);
    space.unsent = DirtyTracker.present(space.hostPid).and(space.mapped).minus(space.held);
  }

  /** Sends what the last {@link #scan} found; gives back how many bytes. */
  public long send(PageSink sink) {
    long bytes = 0;
    for (Space space : spaces.values()) {
      PageSet done = reader.send(space.id, RemoteMemory.of(space.hostPid), space.unsent, sink);
      space.held = space.held.plus(done);
      space.filled = space.filled.plus(done);
      space.unsent = PageSet.EMPTY;
      bytes += done.size() * PAGE;
    }
    sent += bytes;
    return bytes;
  }

  /**
   * Makes rounds until the rule says that it is time to freeze; gives back its reason.
   *
   * @param sink takes pages at the rate at which they arrive, or nearly
   */
  public String rounds(PageSink sink, StopRule rule) {
    long dirty = scan();
    long resident = dirty;
    long previous = Long.MAX_VALUE;
    int stalled = 0;
    for (int round = 1; ; round++) {
      long start = System.nanoTime();
      long elided = sink.elided();
      long bytes = send(sink);
      // What the other side has already says nothing of the rate at which the rest goes.
      long moved = Math.max(0, bytes - (sink.elided() - elided));
      long nanos = Math.max(1, System.nanoTime() - start);
      dirty = scan();
      boolean progress = dirty < previous * (1 - rule.leastProgress());
      stalled = progress ? 0 : stalled + 1;
      double rate = bytes == 0 ? Double.MAX_VALUE : moved * 1e9 / nanos;
      String why =
          rule.stop(
              new StopRule.Progress(
                  round, dirty, previous, sent, resident, rate, dirty * 1e9 / nanos, stalled));
      if (why != null) {
        return why;
      }
      previous = dirty;
    }
  }

  /** Bytes sent so far. */
  public long sentBytes() {
    return sent;
  }

  /**
   * What is left to be done in the freeze.
   *
   * @param revisable whether the destination can revise what it built; else it begins anew and all
   *     pages are sent
   * @param needed pages to be sent, by the address spaces of the final image
   * @param dropped pages that the destination holds and must forget, by process
   */
  public record Remainder(
      boolean revisable,
      Map<ObjectId, List<AddressRange>> needed,
      Map<Pid, List<AddressRange>> dropped) {}

  /**
   * Compares with the frozen tree.
   *
   * @param last of the tree, which is frozen now
   * @param privatePages what has contents now, by address space of the final image
   * @param follow whether pages may follow the process: then stale ones must not stay in their way
   */
  public Remainder remainder(
      PodImage last, Map<ObjectId, List<AddressRange>> privatePages, boolean follow) {
    if (!LayoutChange.isPossible(image, last)) {
      return new Remainder(false, Map.copyOf(privatePages), Map.of());
    }
    scanFrozen();
    Map<ObjectId, List<AddressRange>> needed = new HashMap<>();
    Map<Pid, List<AddressRange>> dropped = new HashMap<>();
    Map<Pid, LiveProcess> before = new HashMap<>();
    image.live().forEach(process -> before.put(process.pid(), process));
    for (LiveProcess now : last.live()) {
      Space space = spaces.get(now.pid());
      LiveProcess was = before.get(now.pid());
      List<AddressRange> all = privatePages.getOrDefault(now.memory().id(), List.of());
      if (space == null || was == null) {
        return new Remainder(false, Map.copyOf(privatePages), Map.of());
      }
      PageSet present = PageSet.of(all, PAGE);
      PageSet kept = LayoutChange.between(was.memory(), now.memory()).kept();
      PageSet held = space.held.and(kept).and(present);
      needed.put(now.memory().id(), present.minus(held).addresses(PAGE));
      dropped.put(now.pid(), space.filled.and(kept).minus(follow ? held : present).addresses(PAGE));
    }
    return new Remainder(true, needed, dropped);
  }

  /** Ends the tracking; the tree, if it runs, goes on undisturbed. */
  @Override
  public void close() {
    tracker.close();
  }
}

package io.godwit.engine.pages;

import io.godwit.core.AddressRange;
import io.godwit.core.GodwitException;
import io.godwit.engine.EngineLimits;
import io.godwit.image.ObjectId;
import io.godwit.linux.Descriptors;
import io.godwit.linux.EventFiles;
import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.OwnedFd;
import io.godwit.linux.Poll;
import io.godwit.linux.Userfaultfd;
import io.godwit.linux.abi.NativeBuffer;
import io.godwit.linux.abi.SocketAbi;
import io.godwit.policy.transfer.PageSet;
import io.godwit.policy.transfer.ReadAhead;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The destination's half of copy-on-reference and hybrid (Accent, Mach, Choices; survey 3.2):
 * processes run while pages of theirs are still at the source. Whoever touches one waits until it
 * has come; the rest is pushed in the background.
 *
 * <p>Threads: one for each address space takes its faults and events; the origin's thread fills
 * pages. One lock guards everything. A page is filled only while it is known as missing, and an
 * event that says that it is gone (munmap, madvise) or elsewhere (mremap) changes that before the
 * kernel lets the process go on: UFFDIO_COPY and UFFDIO_ZEROPAGE fail with EAGAIN until the event
 * has been read, and are tried again afterwards.
 *
 * <p>When the source is lost, who waits for a page of it goes on waiting: the program never sees
 * wrong data. The caller looks for it ({@link #lostBecause}) and stops the processes until the
 * source is found again, or ends them before it closes this: closing while pages are missing makes
 * them read as zeros.
 *
 * <p>With a keeper and a journal the processes outlive this one: they wait, and {@link #takeUp}
 * goes on.
 */
public final class FaultServer implements PageOrigin.Answers, AutoCloseable {
  /** Pages pushed in one background request, in bytes. */
  private static final long PUSH_BYTES = 256 << 10;

  /** Background requests on their way at a time. */
  private static final int WINDOW = 4;

  private static final long PAGE = EngineLimits.PAGE_SIZE;

  /** All addresses that a mapping may have. */
  private static final AddressRange EVERYWHERE = new AddressRange(1 << 16, (1L << 47) - PAGE);

  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
  private static final Duration CLOSING = Duration.ofSeconds(5);
  private static final Duration SOON = Duration.ofMillis(1);

  /** How long a mapping may go on changing before a fill is given up, in nanoseconds. */
  private static final long CHANGING_PAUSE_NANOS = 20_000;

  private static final long CHANGING_NANOS = 10_000_000_000L;

  private final ReentrantLock lock = new ReentrantLock();
  private final List<Space> spaces = new ArrayList<>();
  private final CountDownLatch done = new CountDownLatch(1);
  private final OwnedFd ending = OwnedFd.of(EventFiles.eventfd(0, false));
  private final boolean pushes;
  private final Keeper keeper;
  private final @Nullable FaultJournal journal;
  private @Nullable PageOrigin origin;
  private @Nullable String away;
  private @Nullable String broken;
  private boolean closed;
  private int pushing;
  private int serving;
  private long faults;
  private long filledBytes;

  /** One address space; guarded by the lock. */
  private static final class Space {
    final int number;
    final ObjectId id;
    final Userfaultfd uffd;
    final MissingPages missing;
    final ReadAhead readAhead = new ReadAhead();
    final Deque<Long> again = new ArrayDeque<>();
    long cursor;
    boolean ended;

    Space(int number, ObjectId id, Userfaultfd uffd, MissingPages missing) {
      this.number = number;
      this.id = id;
      this.uffd = uffd;
      this.missing = missing;
    }
  }

  /**
   * @param pushes whether pages that nobody touches are brought as well; without, the dependency on
   *     the source lasts until all have been touched
   */
  public FaultServer(boolean pushes) {
    this(pushes, Keeper.NONE, null);
  }

  /**
   * As above.
   *
   * @param keeper holds every descriptor as well, beyond the death of this process
   * @param journal remembers what is missing, or null; with both {@link #takeUp} can go on
   */
  public FaultServer(boolean pushes, Keeper keeper, @Nullable FaultJournal journal) {
    this.pushes = pushes;
    this.keeper = keeper;
    this.journal = journal;
  }

  /**
   * Goes on where a server of an earlier process stopped. {@link #start} and {@link #push} follow.
   *
   * @param kept the descriptors that the keeper held, by number; owned by this from now on
   */
  public static FaultServer takeUp(
      boolean pushes, Keeper keeper, FaultJournal journal, Map<Integer, Fd> kept) {
    FaultServer server = new FaultServer(pushes, keeper, journal);
    List<FaultJournal.Space> known = journal.read();
    for (int i = 0; i < known.size(); i++) {
      FaultJournal.Space was = known.get(i);
      Fd descriptor = kept.get(i);
      if (descriptor == null && !was.missing().isEmpty()) {
        // A fork was taken note of, and its descriptor died with the one who did.
        server.lose("nobody has held on to the faults of a child that was being forked");
      }
      OwnedFd owned =
          descriptor == null ? OwnedFd.of(EventFiles.eventfd(0, false)) : OwnedFd.of(descriptor);
      Space space = new Space(i, was.id(), Userfaultfd.over(owned), was.missing());
      space.ended = descriptor == null;
      server.spaces.add(space);
    }
    return server;
  }

  /**
   * Holds on to descriptors as long as pages are missing. When the last holder of one lets go, the
   * kernel lets the program read zeros where its pages are missing: with a keeper that outlives
   * this process, it waits instead.
   */
  public interface Keeper {
    /** Nobody: for processes that do not outlive this one. */
    Keeper NONE =
        new Keeper() {
          @Override
          public void keep(Fd descriptor, int number) {}

          @Override
          public void release() {}
        };

    /**
     * Holds one more. Called under the server's lock.
     *
     * @param number by which {@link #takeUp} wants it
     */
    void keep(Fd descriptor, int number);

    /** Lets go of all: nothing is missing any more. Called under the server's lock. */
    void release();
  }

  /**
   * Adds an address space before {@link #start}.
   *
   * @param uffd registered for missing pages of the mappings concerned, with all events; owned by
   *     this from now on
   * @param missing pages to be brought
   */
  public void add(ObjectId id, Userfaultfd uffd, List<AddressRange> missing) {
    lock.lock();
    try {
      keeper.keep(uffd.fd(), spaces.size());
      spaces.add(new Space(spaces.size(), id, uffd, new MissingPages(missing)));
    } finally {
      lock.unlock();
    }
  }

  /** Begins to serve. */
  public void start(PageOrigin from) {
    lock.lock();
    try {
      origin = from;
      save();
      for (Space space : List.copyOf(spaces)) {
        if (!space.ended) {
          // Who waited when an earlier server died asks again.
          space.uffd.wake(EVERYWHERE);
          serve(space);
        }
      }
      endIfComplete();
    } finally {
      lock.unlock();
    }
  }

  /** Begins to push; called when the processes run. */
  public void push() {
    lock.lock();
    try {
      while (pushes && pushing < WINDOW && pushNext(pushing == 0)) {
        pushing++;
      }
    } finally {
      lock.unlock();
    }
  }

  private void serve(Space space) {
    serving++;
    Thread.ofPlatform().name("godwit-faults-" + space.id).daemon(true).start(() -> work(space));
  }

  private void work(Space space) {
    List<Poll.Interest> interests =
        List.of(
            new Poll.Interest(space.uffd.fd(), SocketAbi.POLLIN),
            new Poll.Interest(ending.fd(), SocketAbi.POLLIN));
    boolean hurry = false;
    while (true) {
      Poll.await(interests, hurry ? SOON : LOOK_AGAIN);
      lock.lock();
      try {
        if (closed || space.ended) {
          leave(space);
          return;
        }
        takeMessages(space);
        hurry = !space.again.isEmpty();
      } catch (LinuxException | GodwitException e) {
        lose("faults cannot be taken: " + e.getMessage());
        leave(space);
        return;
      } finally {
        lock.unlock();
      }
    }
  }

  /** Gives up the descriptor, by which the kernel unregisters everything. */
  private void leave(Space space) {
    space.ended = true;
    space.uffd.close();
    serving--;
    if (closed && serving == 0) {
      ending.close();
      done.countDown();
    }
  }

  private void takeMessages(Space space) {
    for (int left = space.again.size(); left > 0; left--) {
      onFault(space, space.again.removeFirst());
    }
    FaultJournal notes = journal;
    List<Userfaultfd.Message> messages =
        notes == null ? space.uffd.read() : space.uffd.read(notes.next(space.number));
    boolean room = notes == null || notes.settle(messages);
    for (Userfaultfd.Message message : messages) {
      switch (message) {
        case Userfaultfd.Fault fault -> onFault(space, fault.address() & -PAGE);
        case Userfaultfd.Forked(Fd child) -> {
          keeper.keep(child, spaces.size());
          Space born =
              new Space(
                  spaces.size(),
                  space.id,
                  Userfaultfd.over(OwnedFd.of(child)),
                  space.missing.copy());
          spaces.add(born);
          serve(born);
        }
        case Userfaultfd.Remapped(long from, long to, long length) ->
            space.missing.move(from, to, length);
        case Userfaultfd.Removed(AddressRange range) -> space.missing.remove(range);
        case Userfaultfd.Unmapped(AddressRange range) -> space.missing.remove(range);
      }
    }
    if (!room) {
      save();
    }
    endIfComplete();
  }

  /** Writes down what is missing, so that less is asked for twice after a death. */
  public void save() {
    lock.lock();
    try {
      if (journal != null && !closed) {
        journal.save(
            spaces.stream().map(each -> new FaultJournal.Space(each.id, each.missing)).toList());
      }
    } finally {
      lock.unlock();
    }
  }

  private void onFault(Space space, long page) {
    faults++;
    if (space.missing.contains(page)) {
      PageSet wanted = space.readAhead.on(page / PAGE);
      for (AddressRange range : wanted.addresses(PAGE)) {
        for (MissingPages.Piece piece : space.missing.in(range)) {
          ask(space, piece, true);
        }
      }
      return;
    }
    // Nothing is missing here: the page is new, or came meanwhile.
    AddressRange range = new AddressRange(page, page + PAGE);
    switch (space.uffd.zero(range).reason()) {
      case DONE, NO_MAPPING -> {}
      case EXISTS -> space.uffd.wake(range);
      case CHANGING -> space.again.add(page);
      case NO_PROCESS -> end(space);
    }
  }

  private void ask(Space space, MissingPages.Piece piece, boolean urgent) {
    AddressRange source = piece.source();
    PageOrigin from = origin;
    if (from == null || broken != null) {
      return;
    }
    for (long at = source.start(); at < source.end(); at += EngineLimits.PAGE_CHUNK) {
      long end = Math.min(source.end(), at + EngineLimits.PAGE_CHUNK);
      from.request(space.id, new AddressRange(at, end), urgent);
    }
  }

  /**
   * Asks for the next pages that nobody waits for; false if there are none.
   *
   * @param alone whether nothing else that nobody waits for is on its way: only then does it begin
   *     anew, or it would ask twice for what is
   */
  private boolean pushNext(boolean alone) {
    for (Space space : spaces) {
      MissingPages.Piece next = space.missing.next(space.cursor, PUSH_BYTES);
      if (next == null && alone && space.cursor > 0) {
        next = space.missing.next(0, PUSH_BYTES);
      }
      if (next != null) {
        space.cursor = next.here().end();
        ask(space, next, false);
        return true;
      }
    }
    return false;
  }

  @Override
  public void arrived(ObjectId id, long address, ByteBuffer content) {
    arrived(id, address, content, false);
  }

  @Override
  public void arrivedZeros(ObjectId id, long address, ByteBuffer zeros) {
    arrived(id, address, zeros, true);
  }

  private void arrived(ObjectId id, long address, ByteBuffer content, boolean zeros) {
    AddressRange source = new AddressRange(address, address + content.remaining());
    long deadline = System.nanoTime() + CHANGING_NANOS;
    while (!fillAll(id, source, content, zeros)) {
      if (System.nanoTime() > deadline) {
        lock.lock();
        try {
          lose("a mapping goes on changing");
        } finally {
          lock.unlock();
        }
        return;
      }
      LockSupport.parkNanos(CHANGING_PAUSE_NANOS); // the space's thread reads the event meanwhile
    }
  }

  /** Fills a run in every address space that lacks it; false if one changes at the moment. */
  private boolean fillAll(ObjectId id, AddressRange source, ByteBuffer content, boolean zeros) {
    lock.lock();
    try {
      boolean all = true;
      for (Space space : List.copyOf(spaces)) {
        if (space.id.equals(id) && !space.ended) {
          for (MissingPages.Piece piece : space.missing.ofSource(source)) {
            int offset = (int) (piece.source().start() - source.start());
            all &= fill(space, piece, content.slice(offset, (int) piece.here().length()), zeros);
          }
        }
      }
      endIfComplete();
      return all;
    } finally {
      lock.unlock();
    }
  }

  private boolean fill(Space space, MissingPages.Piece piece, ByteBuffer content, boolean zeros) {
    long at = piece.here().start();
    int done = 0;
    // A run may reach over the end of a mapping, which one call does not do: then page by page.
    int step = content.remaining();
    while (done < content.limit() && !space.ended) {
      int length = Math.min(step, content.limit() - done);
      Userfaultfd.Filled filled =
          zeros
              ? space.uffd.zero(new AddressRange(at + done, at + done + length))
              : space.uffd.copy(at + done, content.slice(done, length));
      long settled = filled.bytes();
      switch (filled.reason()) {
        case DONE -> settled = length;
        case EXISTS -> settled += PAGE;
        case NO_MAPPING -> {
          if (length > PAGE) {
            step = (int) PAGE;
          } else {
            settled = PAGE;
          }
        }
        case CHANGING -> {
          if (settled == 0) {
            return false;
          }
        }
        case NO_PROCESS -> {
          end(space);
          return true;
        }
      }
      if (settled > 0) {
        space.missing.remove(new AddressRange(at + done, at + done + settled));
        filledBytes += settled;
        done += (int) settled;
      }
    }
    return true;
  }

  private void end(Space space) {
    space.ended = true;
    space.missing.remove(new AddressRange(0, Long.MAX_VALUE));
  }

  @Override
  public void answered(ObjectId id, AddressRange range, boolean urgent) {
    if (urgent) {
      return;
    }
    lock.lock();
    try {
      if (!pushNext(pushing == 1)) {
        pushing--;
      }
      endIfComplete();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void lost(String why) {
    lock.lock();
    try {
      away = why;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void found() {
    lock.lock();
    try {
      away = null;
    } finally {
      lock.unlock();
    }
  }

  /** For good. */
  private void lose(String why) {
    if (!closed && broken == null) {
      broken = why;
    }
  }

  private void endIfComplete() {
    if (broken != null || closed) {
      return;
    }
    for (Space space : spaces) {
      if (!space.missing.isEmpty()) {
        return;
      }
    }
    if (!closed) {
      if (journal != null) {
        journal.done();
      }
      keeper.release(); // while faults are still answered: this process's are the last references
    }
    endServing();
  }

  private void endServing() {
    if (closed) {
      return;
    }
    closed = true;
    if (serving == 0) {
      spaces.forEach(space -> space.uffd.close());
      ending.close();
      done.countDown();
    } else {
      Descriptors.write(ending.fd(), NativeBuffer.allocate(8).putLong(0, 1).bytes());
    }
  }

  /** Waits until nothing is missing any more, or this is closed; false after that time. */
  public boolean await(Duration atMost) {
    try {
      return done.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Why pages do not come, or null; it may be over later. */
  public @Nullable String lostBecause() {
    lock.lock();
    try {
      return broken == null ? away : broken;
    } finally {
      lock.unlock();
    }
  }

  /** Bytes for which the processes still depend on the source. */
  public long residualBytes() {
    lock.lock();
    try {
      return spaces.stream().mapToLong(space -> space.missing.bytes()).sum();
    } finally {
      lock.unlock();
    }
  }

  /**
   * What has been done so far.
   *
   * @param faults accesses that had to wait
   * @param filledBytes brought from the origin
   */
  public record Served(long faults, long filledBytes) {}

  public Served served() {
    lock.lock();
    try {
      return new Served(faults, filledBytes);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Stops serving. Pages that are missing read as zeros afterwards, unless a keeper holds the
   * descriptors: end the processes before.
   */
  @Override
  public void close() {
    lock.lock();
    try {
      endServing();
    } finally {
      lock.unlock();
    }
    await(CLOSING);
  }
}

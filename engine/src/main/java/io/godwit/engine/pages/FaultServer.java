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
import io.godwit.linux.StandbyThreads;
import io.godwit.linux.Userfaultfd;
import io.godwit.linux.abi.NativeBuffer;
import io.godwit.linux.abi.SocketAbi;
import io.godwit.policy.transfer.PageSet;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
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
 * has been read, and are tried again afterwards. So no page is filled, with contents or with zeros,
 * unless all that has happened is in the book.
 *
 * <p>Events of several threads come in no certain order. It matters only where a mapping has moved
 * to: what comes afterwards may be about the one before. The thread that moved it waits for a
 * second event after the move's, so all are stopped ({@link Stillness}) after the first one has
 * been read and before the second: nobody can do anything with what has just moved, and all that is
 * still told is about the one before ({@link MissingPages}), until the kernel says that nothing
 * more is under way. Therefore events are read one at a time.
 *
 * <p>When the source is lost, who waits for a page of it goes on waiting: the program never sees
 * wrong data. The caller looks for it ({@link #lostBecause}) and stops the processes until the
 * source is found again, or ends them before it closes this: closing while pages are missing makes
 * them read as zeros.
 *
 * <p>With a keeper and a journal they outlive this one, and wait until {@link #takeUp} goes on.
 */
public final class FaultServer implements PageOrigin.Answers, AutoCloseable {
  /** Pages pushed in one background request, in bytes. */
  private static final long PUSH_BYTES = 256 << 10;

  /** Background requests on their way at a time. */
  private static final int WINDOW = 4;

  private static final long PAGE = EngineLimits.PAGE_SIZE;

  /** All addresses that a mapping may have. */
  private static final AddressRange EVERYWHERE = new AddressRange(1 << 16, (1L << 47) - PAGE);

  /** Faults and events taken under one hold of the lock. */
  private static final int MESSAGES = 64;

  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
  private static final Duration CLOSING = Duration.ofSeconds(5);
  private static final Duration SOON = Duration.ofMillis(1);

  /** How long a mapping may go on changing before a fill is given up, in nanoseconds. */
  private static final long CHANGING_PAUSE_NANOS = 20_000;

  private static final long CHANGING_NANOS = 10_000_000_000L;

  private final ReentrantLock lock = new ReentrantLock();
  private final List<FaultingSpace> spaces = new ArrayList<>();
  private final CountDownLatch done = new CountDownLatch(1);
  private final OwnedFd ending = OwnedFd.of(EventFiles.eventfd(0, false));
  private final boolean pushes;
  private final FaultKeeper keeper;
  private final Stillness stillness;
  private final @Nullable FaultJournal journal;
  private @Nullable PageOrigin origin;
  private @Nullable String away;
  private @Nullable String broken;
  private boolean closed;
  private boolean saveDue;
  private int pushing;
  private int serving;
  private int stops;
  private long faults;

  /**
   * @param pushes whether pages that nobody touches are brought as well; without, the dependency on
   *     the source lasts until all have been touched
   */
  public FaultServer(boolean pushes) {
    this(pushes, FaultKeeper.NONE, Stillness.NONE, null);
  }

  /**
   * As above.
   *
   * @param keeper holds every descriptor as well, beyond the death of this process
   * @param stillness stops the processes; without, each may have only one thread
   * @param journal remembers what is missing, or null; with a keeper {@link #takeUp} can go on
   */
  public FaultServer(
      boolean pushes, FaultKeeper keeper, Stillness stillness, @Nullable FaultJournal journal) {
    this.pushes = pushes;
    this.keeper = keeper;
    this.stillness = stillness;
    this.journal = journal;
  }

  /**
   * Goes on where a server of an earlier process stopped. {@link #start} and {@link #push} follow.
   *
   * @param kept the descriptors that the keeper held, by number; owned by this from now on
   */
  public static FaultServer takeUp(
      boolean pushes,
      FaultKeeper keeper,
      Stillness stillness,
      FaultJournal journal,
      Map<Integer, Fd> kept) {
    FaultServer server = new FaultServer(pushes, keeper, stillness, journal);
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
      FaultingSpace space = new FaultingSpace(i, was.id(), Userfaultfd.over(owned), was.missing());
      space.ended = descriptor == null;
      server.spaces.add(space);
    }
    return server;
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
      spaces.add(new FaultingSpace(spaces.size(), id, uffd, new MissingPages(missing)));
    } finally {
      lock.unlock();
    }
  }

  /** Begins to serve. */
  public void start(PageOrigin from) {
    lock.lock();
    try {
      origin = from;
      for (FaultingSpace space : spaces) {
        if (!space.ended && !space.missing.isSettled()) {
          stop(space); // as when an earlier server died
        }
      }
      save();
      for (FaultingSpace space : List.copyOf(spaces)) {
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

  private void serve(FaultingSpace space) {
    serving++;
    StandbyThreads.start("godwit-faults-" + space.id, () -> work(space));
  }

  private void work(FaultingSpace space) {
    List<Poll.Interest> interests =
        List.of(
            new Poll.Interest(space.uffd.fd(), SocketAbi.POLLIN),
            new Poll.Interest(ending.fd(), SocketAbi.POLLIN));
    Duration pause = LOOK_AGAIN;
    while (true) {
      if (pause.isZero()) {
        LockSupport.parkNanos(CHANGING_PAUSE_NANOS);
      }
      Poll.await(interests, pause);
      lock.lock();
      try {
        if (closed || space.ended) {
          leave(space);
          return;
        }
        takeMessages(space);
        pause = space.again.isEmpty() ? LOOK_AGAIN : SOON;
        if (space.stops && broken == null) {
          pause = Duration.ZERO;
        }
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
  private void leave(FaultingSpace space) {
    space.ended = true;
    if (broken == null) {
      goOn(space);
    }
    space.uffd.close();
    serving--;
    if (closed && serving == 0) {
      ending.close();
      done.countDown();
    }
  }

  private void takeMessages(FaultingSpace space) {
    for (int left = space.again.size(); left > 0; left--) {
      onFault(space, space.again.removeFirst());
    }
    boolean more = true;
    for (int left = MESSAGES; left > 0 && more && !space.ended; left--) {
      more = takeMessage(space);
    }
    if (space.stops) {
      settle(space);
    }
    if (saveDue) {
      save();
    }
    endIfComplete();
  }

  /** Takes one, or says that there is none. */
  private boolean takeMessage(FaultingSpace space) {
    FaultJournal notes = journal;
    ByteBuffer place =
        notes == null ? space.message : notes.next(space.number, space.missing.isSettled());
    List<Userfaultfd.Message> messages = space.uffd.read(place);
    saveDue |= notes != null && !notes.settle(messages);
    for (Userfaultfd.Message message : messages) {
      // Who waits where something changes is to look again: its page may be another one's now.
      switch (message) {
        case Userfaultfd.Fault fault -> onFault(space, fault.address() & -PAGE);
        case Userfaultfd.Forked(Fd child) -> onFork(space, child);
        case Userfaultfd.Remapped(long from, long to, long length) -> {
          if (space.missing.move(from, to, length)) {
            stop(space);
          }
          space.uffd.wake(new AddressRange(from, from + length));
        }
        case Userfaultfd.Removed(AddressRange range) -> drop(space, range);
        case Userfaultfd.Unmapped(AddressRange range) -> drop(space, range);
      }
    }
    return !messages.isEmpty();
  }

  private void onFork(FaultingSpace space, Fd child) {
    keeper.keep(child, spaces.size());
    FaultingSpace born =
        new FaultingSpace(
            spaces.size(), space.id, Userfaultfd.over(OwnedFd.of(child)), space.missing.copy());
    spaces.add(born);
    serve(born);
  }

  private static void drop(FaultingSpace space, AddressRange range) {
    space.missing.drop(range);
    space.uffd.wake(range);
  }

  private void stop(FaultingSpace space) {
    if (stillness.equals(Stillness.NONE)) {
      var _ = space.missing.settle();
    } else if (!space.stops) {
      space.stops = true;
      space.stoppedNanos = System.nanoTime();
      if (stops++ == 0) {
        stillness.stop();
      }
    }
  }

  /** Lets the processes go on if all has been told that one of them has done. */
  private void settle(FaultingSpace space) {
    if (!space.uffd.isChanging()) {
      if (space.missing.settle()) {
        goOn(space);
      } else {
        lose("two threads have changed the same mappings at once: what is missing cannot be told");
      }
    } else if (System.nanoTime() - space.stoppedNanos > CHANGING_NANOS) {
      lose("a change of its mappings does not come to an end");
    }
  }

  private void goOn(FaultingSpace space) {
    if (space.stops) {
      space.stops = false;
      if (--stops == 0) {
        stillness.goOn();
      }
    }
  }

  /** Writes down what is missing, so that less is asked for twice after a death. */
  public void save() {
    lock.lock();
    try {
      saveDue = journal != null && !closed;
      if (journal != null && !closed && spaces.stream().allMatch(at -> at.missing.isSettled())) {
        journal.save(
            spaces.stream().map(each -> new FaultJournal.Space(each.id, each.missing)).toList());
        saveDue = false;
      }
    } finally {
      lock.unlock();
    }
  }

  private void onFault(FaultingSpace space, long page) {
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
      case NO_PROCESS -> {
        space.end();
        goOn(space);
      }
    }
  }

  private void ask(FaultingSpace space, MissingPages.Piece piece, boolean urgent) {
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
    for (FaultingSpace space : spaces) {
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
      for (FaultingSpace space : List.copyOf(spaces)) {
        if (space.id.equals(id) && !space.ended) {
          for (MissingPages.Piece piece : space.missing.ofSource(source)) {
            int offset = (int) (piece.source().start() - source.start());
            all &= space.fill(piece, content.slice(offset, (int) piece.here().length()), zeros);
          }
          if (space.ended) {
            goOn(space);
          }
        }
      }
      endIfComplete();
      return all;
    } finally {
      lock.unlock();
    }
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
    for (FaultingSpace space : spaces) {
      if (!space.missing.isEmpty()) {
        return;
      }
    }
    if (journal != null) {
      journal.done();
    }
    keeper.release(); // while faults are still answered: this process's are the last references
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
      return new Served(faults, spaces.stream().mapToLong(space -> space.filledBytes).sum());
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

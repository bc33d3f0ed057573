package io.godwit.engine.pages;

import io.godwit.core.GodwitException;
import io.godwit.engine.EngineError;
import io.godwit.image.ObjectId;
import io.godwit.linux.Fd;
import io.godwit.linux.Userfaultfd;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What is still missing of processes whose pages follow them, so that it is known beyond the death
 * of the {@link FaultServer} that brings them. What counts are the events of the program (munmap,
 * mremap, madvise, fork): a page that was dropped must never be brought again. The kernel writes
 * them itself into a file that is mapped here, so that none is lost between the read and a note of
 * it. Pages that have come need no note: they are asked for once more and found to be there.
 *
 * <p>It has to outlive the daemon, not the machine, with which the processes end: nothing is forced
 * to the disk. Two files, in the machine's byte order:
 *
 * <pre>
 *  missing: i64 generation, i32 spaces; for each: i32 number in the image, i32 runs;
 *           for each: i64 start, end, moved by. Last i32 CRC32C over all before it
 *  events:  i64 generation (-1: nothing is missing any more), 56 bytes nothing,
 *           slots of: i32 space by its place in "missing",
 *                     i32 1 if all that happened before this event had been told, else 0,
 *                     8 bytes nothing, 32 bytes as read(2) from its userfaultfd wrote them
 * </pre>
 *
 * Events count for "missing" of the same generation. A space that a fork makes has the place after
 * the last. One user at a time: the server calls under its lock.
 */
public final class FaultJournal {
  private static final String MISSING = "missing";
  private static final String PARTIAL = "missing.partial";
  private static final String EVENTS = "events";
  private static final int HEADER = 64;
  private static final int SLOT_HEADER = 16;
  private static final int SLOT = SLOT_HEADER + Userfaultfd.MESSAGE_BYTES;

  /** Slots in all. */
  private static final int SLOTS = 16384;

  /** Slots before all is written anew, which has to wait while events are in no certain order. */
  private static final int ENOUGH = SLOTS / 2;

  private static final int EVENT_BYTES = HEADER + SLOTS * SLOT;

  /** Runs of missing pages that one file may name. */
  private static final int MOST_BYTES = 256 << 20;

  private static final long DONE = -1;

  private final Path directory;
  private final MappedByteBuffer events;
  private long generation;
  private int slot;

  private FaultJournal(Path directory, MappedByteBuffer events, long generation) {
    this.directory = directory;
    this.events = events;
    this.generation = generation;
  }

  /**
   * An address space with what it lacks.
   *
   * @param missing not to be shared
   */
  record Space(ObjectId id, MissingPages missing) {}

  /** Begins one in a directory, which is made and must hold nothing else. */
  public static FaultJournal create(Path directory) {
    try {
      Files.createDirectories(directory);
      Files.deleteIfExists(directory.resolve(MISSING));
      Files.deleteIfExists(directory.resolve(EVENTS));
      return new FaultJournal(directory, map(directory), 0);
    } catch (IOException failed) {
      throw failed("writing", directory, failed);
    }
  }

  /** Whether there is one that was not removed. */
  public static boolean exists(Path directory) {
    return Files.exists(directory.resolve(MISSING)) && Files.exists(directory.resolve(EVENTS));
  }

  /** Opens the one that an earlier server left. */
  public static FaultJournal open(Path directory) {
    try {
      MappedByteBuffer events = map(directory);
      return new FaultJournal(directory, events, events.getLong(0));
    } catch (IOException failed) {
      throw failed("reading", directory, failed);
    }
  }

  private static MappedByteBuffer map(Path directory) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            directory.resolve(EVENTS),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, EVENT_BYTES);
      return (MappedByteBuffer) mapped.order(ByteOrder.nativeOrder());
    }
  }

  private static GodwitException failed(String doing, Path directory, Exception cause) {
    return new GodwitException(
        EngineError.PAGE_JOURNAL,
        doing + " what is missing of a process in " + directory,
        cause.getClass().getSimpleName() + ": " + cause.getMessage(),
        "make room on the disk of the state directory and check that it is writable",
        cause);
  }

  /**
   * Where the next event of a space is to be read to. {@link #settle} follows.
   *
   * @param settled whether all that happened before it has been told
   */
  ByteBuffer next(int space, boolean settled) {
    if (slot == SLOTS) {
      throw new GodwitException(
          EngineError.PAGE_JOURNAL,
          "noting what is missing of a process in " + directory,
          "it has changed its mappings " + SLOTS + " times without a moment's pause",
          "the process stands still: end it, or restart it from a checkpoint");
    }
    int at = HEADER + slot * SLOT;
    clear(at + SLOT_HEADER, Userfaultfd.MESSAGE_BYTES);
    events.putInt(at, space).putInt(at + Integer.BYTES, settled ? 1 : 0);
    return events.slice(at + SLOT_HEADER, Userfaultfd.MESSAGE_BYTES).order(ByteOrder.nativeOrder());
  }

  /**
   * Says whether what was read last has to be remembered: faults do not.
   *
   * @return false when there is little room left: {@link #save} follows as soon as possible
   */
  boolean settle(List<Userfaultfd.Message> messages) {
    if (!messages.stream().allMatch(Userfaultfd.Fault.class::isInstance)) {
      slot++;
    }
    return slot < ENOUGH;
  }

  private void clear(int from, int bytes) {
    for (int i = 0; i < bytes; i += Long.BYTES) {
      events.putLong(from + i, 0);
    }
  }

  /** Writes all anew; earlier events are in it. Nothing may be unsettled. */
  void save(List<Space> spaces) {
    byte[] bytes = encode(generation + 1, spaces);
    try {
      Path partial = directory.resolve(PARTIAL);
      Files.write(partial, bytes);
      Files.move(partial, directory.resolve(MISSING), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failed) {
      throw failed("writing", directory, failed);
    }
    // A death before the last line leaves events of the generation before: they do not count.
    clear(HEADER, Math.min(slot + 1, SLOTS) * SLOT);
    slot = 0;
    generation++;
    events.putLong(0, generation);
  }

  private static byte[] encode(long generation, List<Space> spaces) {
    int length = Long.BYTES + Integer.BYTES;
    for (Space space : spaces) {
      length += 2 * Integer.BYTES + 3 * Long.BYTES * space.missing().pieces().size();
    }
    ByteBuffer out = ByteBuffer.allocate(length + Integer.BYTES).order(ByteOrder.nativeOrder());
    out.putLong(generation).putInt(spaces.size());
    for (Space space : spaces) {
      List<MissingPages.Piece> pieces = space.missing().pieces();
      out.putInt(space.id().number()).putInt(pieces.size());
      for (MissingPages.Piece piece : pieces) {
        out.putLong(piece.here().start()).putLong(piece.here().end()).putLong(piece.moved());
      }
    }
    return out.putInt(check(out.array(), length)).array();
  }

  private static int check(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  /** Nothing is missing any more, whatever the files say. */
  void done() {
    events.putLong(0, DONE);
  }

  /** Whether nothing is missing any more. */
  public boolean isDone() {
    return events.getLong(0) == DONE;
  }

  /** What is missing, by the last word. */
  List<Space> read() {
    try {
      Path file = directory.resolve(MISSING);
      if (Files.size(file) > MOST_BYTES) {
        throw new IOException(file + " is too long");
      }
      List<Space> spaces = new ArrayList<>();
      generation = decode(Files.readAllBytes(file), spaces);
      slot = 0;
      if (generation == events.getLong(0)) {
        replay(spaces);
      } else if (!isDone()) {
        clear(HEADER, SLOTS * SLOT);
        events.putLong(0, generation);
      }
      return spaces;
    } catch (IOException | BufferUnderflowException | IllegalArgumentException damaged) {
      throw failed("reading", directory, damaged);
    }
  }

  private static long decode(byte[] bytes, List<Space> spaces) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    int length = bytes.length - Integer.BYTES;
    if (length < 0 || in.getInt(length) != check(bytes, length)) {
      throw new IOException("the checksum does not fit");
    }
    long generation = in.getLong();
    for (int left = in.getInt(); left > 0; left--) {
      ObjectId id = new ObjectId(in.getInt());
      MissingPages missing = new MissingPages();
      for (int runs = in.getInt(); runs > 0; runs--) {
        missing.add(in.getLong(), in.getLong(), in.getLong());
      }
      spaces.add(new Space(id, missing));
    }
    return generation;
  }

  private void replay(List<Space> spaces) throws IOException {
    for (int i = 0; i < SLOTS; i++) {
      int at = HEADER + i * SLOT;
      int space = events.getInt(at);
      List<Userfaultfd.Message> messages =
          Userfaultfd.messages(events.slice(at + SLOT_HEADER, Userfaultfd.MESSAGE_BYTES));
      if (messages.isEmpty()) {
        continue;
      }
      slot = i + 1;
      if (space < 0 || space >= spaces.size()) {
        throw new IOException("an event names the address space " + space);
      }
      if (events.getInt(at + Integer.BYTES) != 0 && !spaces.get(space).missing().settle()) {
        throw new IOException("what is missing cannot be told");
      }
      for (Userfaultfd.Message message : messages) {
        apply(message, spaces, space);
      }
    }
  }

  private static void apply(Userfaultfd.Message message, List<Space> spaces, int space) {
    MissingPages missing = spaces.get(space).missing();
    switch (message) {
      case Userfaultfd.Fault(long address, boolean write, boolean guarded) -> {}
      case Userfaultfd.Forked(Fd child) ->
          spaces.add(new Space(spaces.get(space).id(), missing.copy()));
      case Userfaultfd.Remapped(long from, long to, long length) -> missing.move(from, to, length);
      case Userfaultfd.Removed(var range) -> missing.drop(range);
      case Userfaultfd.Unmapped(var range) -> missing.drop(range);
    }
  }

  /** Removes what is in a directory of one, and the directory. */
  public static void remove(Path directory) {
    try {
      for (String name : List.of(MISSING, PARTIAL, EVENTS)) {
        Files.deleteIfExists(directory.resolve(name));
      }
      Files.deleteIfExists(directory);
    } catch (IOException stays) {
      throw failed("removing", directory, stays);
    }
  }
}

package io.godwit.engine.pages;

import static java.util.Objects.requireNonNull;

import io.godwit.core.AddressRange;
import io.godwit.engine.EngineLimits;
import io.godwit.linux.Userfaultfd;
import io.godwit.policy.transfer.PageSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Pages of one address space that are still elsewhere. Each lies at an address here and had one at
 * the source; the two differ where the process has moved a mapping since. Not for two threads at
 * once.
 *
 * <p>Several threads of the process may change it at once, and then what the kernel tells is not in
 * the order of the changes (see {@link Userfaultfd.Message}): when a mapping moves to an address,
 * it may be told only afterwards that what was there before has left, or is gone. So where
 * something landed, what is told later is about what was there before ({@code beneath}), until
 * {@link #settle} says that all has been told. The caller sees to it that until then nothing
 * happens to what has landed.
 */
final class MissingPages {
  private static final long PAGE = EngineLimits.PAGE_SIZE;

  /** By address here; the value says where it ends and how far it was moved. */
  private final TreeMap<Long, Segment> segments = new TreeMap<>();

  private boolean anyMoved;

  /** Where mappings landed since all was told last. */
  private PageSet landed = PageSet.EMPTY;

  /** Moves since then of which only the first half was told. */
  private final List<Move> half = new ArrayList<>();

  /** What was missing there before, and of whose fate nothing has been told yet. */
  private @Nullable MissingPages beneath;

  private record Segment(long end, long moved) {}

  /** A move that is told once more, as an end of where it came from. */
  private static final class Move {
    final AddressRange from;
    final AddressRange to;

    /** Whether something was told of the place that it went to. */
    boolean touched;

    Move(AddressRange from, AddressRange to) {
      this.from = from;
      this.to = to;
    }
  }

  /**
   * A run of missing pages.
   *
   * @param here addresses in the process
   * @param moved what to subtract from them for the addresses at the source
   */
  record Piece(AddressRange here, long moved) {
    AddressRange source() {
      return new AddressRange(here.start() - moved, here.end() - moved);
    }
  }

  MissingPages() {}

  MissingPages(List<AddressRange> ranges) {
    ranges.forEach(range -> segments.put(range.start(), new Segment(range.end(), 0)));
  }

  /** Adds a run that nothing of this touches. */
  void add(long start, long end, long moved) {
    segments.put(new AddressRange(start, end).start(), new Segment(end, moved));
    anyMoved |= moved != 0;
  }

  /** All of it. */
  List<Piece> pieces() {
    List<Piece> all = new ArrayList<>(segments.size());
    segments.forEach(
        (start, segment) ->
            all.add(new Piece(new AddressRange(start, segment.end()), segment.moved())));
    return all;
  }

  /** For a child that is born: no change of its own is under way. */
  MissingPages copy() {
    MissingPages copy = new MissingPages();
    copy.segments.putAll(segments);
    copy.anyMoved = anyMoved;
    return copy;
  }

  boolean isEmpty() {
    return segments.isEmpty() && (beneath == null || beneath.isEmpty());
  }

  long bytes() {
    long bytes = 0;
    for (Map.Entry<Long, Segment> entry : segments.entrySet()) {
      bytes += entry.getValue().end() - entry.getKey();
    }
    return bytes;
  }

  boolean contains(long address) {
    Map.Entry<Long, Segment> below = segments.floorEntry(address);
    return below != null && address < below.getValue().end();
  }

  /** What is missing in a range of addresses here. */
  List<Piece> in(AddressRange range) {
    List<Piece> pieces = new ArrayList<>();
    Long first = segments.floorKey(range.start());
    for (Map.Entry<Long, Segment> entry :
        segments.tailMap(first == null ? range.start() : first, true).entrySet()) {
      if (entry.getKey() >= range.end()) {
        break;
      }
      Piece piece = common(entry, range, 0);
      if (piece != null) {
        pieces.add(piece);
      }
    }
    return pieces;
  }

  /** What is missing of a range of addresses at the source. */
  List<Piece> ofSource(AddressRange source) {
    if (!anyMoved) {
      return in(source);
    }
    List<Piece> pieces = new ArrayList<>();
    for (Map.Entry<Long, Segment> entry : segments.entrySet()) {
      Piece piece = common(entry, source, entry.getValue().moved());
      if (piece != null) {
        pieces.add(piece);
      }
    }
    return pieces;
  }

  /** The common part of a segment and a range that is shifted first. */
  private static @Nullable Piece common(
      Map.Entry<Long, Segment> entry, AddressRange range, long shift) {
    long start = Math.max(entry.getKey(), range.start() + shift);
    long end = Math.min(entry.getValue().end(), range.end() + shift);
    return start < end ? new Piece(new AddressRange(start, end), entry.getValue().moved()) : null;
  }

  /** The next missing pages from an address on, at most so many bytes; null if there are none. */
  @Nullable Piece next(long from, long most) {
    Map.Entry<Long, Segment> entry = segments.floorEntry(from);
    if (entry == null || entry.getValue().end() <= from) {
      entry = segments.higherEntry(from);
    }
    if (entry == null) {
      return null;
    }
    long start = Math.max(from, entry.getKey());
    long end = Math.min(entry.getValue().end(), start + most);
    return new Piece(new AddressRange(start, end), entry.getValue().moved());
  }

  /** These are there, or gone for good: what was filled. */
  void remove(AddressRange range) {
    for (Piece piece : in(range)) {
      long start = requireNonNull(segments.floorKey(piece.here().start()));
      Segment whole = requireNonNull(segments.remove(start));
      if (start < piece.here().start()) {
        segments.put(start, new Segment(piece.here().start(), whole.moved()));
      }
      if (piece.here().end() < whole.end()) {
        segments.put(piece.here().end(), new Segment(whole.end(), whole.moved()));
      }
    }
  }

  /** The program has dropped or unmapped a range. */
  void drop(AddressRange range) {
    take(range);
    half.removeIf(move -> move.from.equals(range));
  }

  /** Takes out what an event of a range is about. */
  private List<Piece> take(AddressRange range) {
    if (landed.isEmpty()) {
      List<Piece> pieces = in(range);
      remove(range);
      return pieces;
    }
    List<Piece> pieces = new ArrayList<>();
    half.forEach(move -> move.touched |= move.to.overlaps(range));
    PageSet all = PageSet.of(List.of(range), PAGE);
    for (AddressRange part : all.minus(landed).addresses(PAGE)) {
      pieces.addAll(in(part));
      remove(part);
    }
    MissingPages before = beneath;
    if (before != null) {
      for (AddressRange part : all.and(landed).addresses(PAGE)) {
        pieces.addAll(before.in(part));
        before.remove(part);
      }
    }
    return pieces;
  }

  /**
   * A mapping was moved with its pages.
   *
   * @return whether that matters: if so, nothing may happen to what has landed until {@link
   *     #settle}
   */
  boolean move(long from, long to, long length) {
    List<Piece> pieces = take(new AddressRange(from, from + length));
    AddressRange target = new AddressRange(to, to + length);
    List<Piece> before = in(target);
    if (pieces.isEmpty() && before.isEmpty()) {
      return false;
    }
    remove(target);
    PageSet place = PageSet.of(List.of(target), PAGE);
    if (!before.isEmpty()) {
      MissingPages under = beneath == null ? new MissingPages() : beneath;
      beneath = under;
      under.remove(target);
      before.forEach(piece -> under.add(piece.here().start(), piece.here().end(), piece.moved()));
    }
    landed = landed.plus(place);
    half.add(new Move(new AddressRange(from, from + length), target));
    long by = to - from;
    for (Piece piece : pieces) {
      add(piece.here().start() + by, piece.here().end() + by, piece.moved() + by);
    }
    return true;
  }

  /**
   * All that has happened has been told.
   *
   * @return whether it is certain what is missing. A thread whose move is told only once
   *     (MREMAP_DONTUNMAP) goes on with it at once: if something was told of where it went, nobody
   *     knows whether it was about what was there before
   */
  boolean settle() {
    boolean certain = half.stream().noneMatch(move -> move.touched);
    half.clear();
    landed = PageSet.EMPTY;
    beneath = null;
    return certain;
  }

  /** Whether all that has happened has been told, as far as it matters. */
  boolean isSettled() {
    return landed.isEmpty();
  }
}

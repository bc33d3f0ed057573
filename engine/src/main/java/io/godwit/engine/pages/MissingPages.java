package io.godwit.engine.pages;

import io.godwit.core.AddressRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Pages of one address space that are still elsewhere. Each lies at an address here and had one at
 * the source; the two differ where the process has moved a mapping since. Not for two threads at
 * once.
 */
final class MissingPages {
  /** By address here; the value says where it ends and how far it was moved. */
  private final TreeMap<Long, Segment> segments = new TreeMap<>();

  private boolean anyMoved;

  private record Segment(long end, long moved) {}

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

  MissingPages copy() {
    MissingPages copy = new MissingPages();
    copy.segments.putAll(segments);
    copy.anyMoved = anyMoved;
    return copy;
  }

  boolean isEmpty() {
    return segments.isEmpty();
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

  /** These are there, or gone for good. */
  void remove(AddressRange range) {
    for (Piece piece : in(range)) {
      long start = java.util.Objects.requireNonNull(segments.floorKey(piece.here().start()));
      Segment whole = java.util.Objects.requireNonNull(segments.remove(start));
      if (start < piece.here().start()) {
        segments.put(start, new Segment(piece.here().start(), whole.moved()));
      }
      if (piece.here().end() < whole.end()) {
        segments.put(piece.here().end(), new Segment(whole.end(), whole.moved()));
      }
    }
  }

  /** A mapping was moved with its pages. */
  void move(long from, long to, long length) {
    List<Piece> pieces = in(new AddressRange(from, from + length));
    remove(new AddressRange(from, from + length));
    remove(new AddressRange(to, to + length));
    for (Piece piece : pieces) {
      long by = to - from;
      segments.put(
          piece.here().start() + by, new Segment(piece.here().end() + by, piece.moved() + by));
      anyMoved = true;
    }
  }
}

package io.godwit.image.codec;

import io.godwit.core.AddressRange;
import io.godwit.image.ObjectId;
import io.godwit.image.codec.PageExtent.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Where the pages of each object are, after every generation of a chain has had its say. Some 40
 * bytes for an extent, in arrays; immutable once {@link #finish} was called.
 */
final class PageIndex {
  private final Map<ObjectId, Runs> byOwner = new HashMap<>();

  /**
   * A piece of memory of one kind.
   *
   * @param source which reader of the chain
   * @param record where its chunk's record begins in that index
   * @param recordBytes the length of that record
   * @param within where the piece's bytes begin in the chunk's pages
   */
  record Run(
      long start, long end, Kind kind, int source, long record, int recordBytes, int within) {
    /** The part of it from {@code from} to {@code to}. */
    Run cut(long from, long to) {
      int skipped = kind == Kind.DATA ? (int) (from - start) : 0;
      return new Run(from, to, kind, source, record, recordBytes, within + skipped);
    }
  }

  /** Adds a chunk; later ones replace earlier ones where they overlap. */
  void add(int source, Chunk chunk, long recordAt) {
    Runs runs = byOwner.computeIfAbsent(chunk.owner(), owner -> new Runs());
    int within = 0;
    for (PageExtent extent : chunk.extents()) {
      AddressRange range = extent.range();
      runs.append(
          new Run(
              range.start(),
              range.end(),
              extent.kind(),
              source,
              recordAt,
              chunk.recordBytes(),
              within));
      within += (int) extent.payload();
    }
  }

  void finish() {
    byOwner.values().forEach(Runs::finish);
    byOwner.values().removeIf(runs -> runs.size == 0);
  }

  List<ObjectId> owners() {
    return List.copyOf(new TreeSet<>(byOwner.keySet()));
  }

  /** The runs of an object, ascending, without those that are absent. */
  List<PageExtent> extents(ObjectId owner) {
    List<PageExtent> extents = new ArrayList<>();
    for (int i = 0; i < count(owner); i++) {
      Run run = run(owner, i);
      PageExtent last = extents.isEmpty() ? null : extents.getLast();
      if (last != null && last.kind() == run.kind() && last.range().end() == run.start()) {
        AddressRange joined = new AddressRange(last.range().start(), run.end());
        extents.set(extents.size() - 1, new PageExtent(joined, run.kind()));
      } else {
        extents.add(new PageExtent(new AddressRange(run.start(), run.end()), run.kind()));
      }
    }
    return extents;
  }

  int count(ObjectId owner) {
    Runs runs = byOwner.get(owner);
    return runs == null ? 0 : runs.size;
  }

  /** The run at a place of the object's ascending list. */
  Run run(ObjectId owner, int place) {
    Runs runs = byOwner.get(owner);
    if (runs == null) {
      throw new IndexOutOfBoundsException("no pages of " + owner);
    }
    return runs.get(place);
  }

  /** The place of the first run that ends after an address, or {@link #count}. */
  int placeOf(ObjectId owner, long address) {
    Runs runs = byOwner.get(owner);
    return runs == null ? 0 : runs.firstEndingAfter(address);
  }

  @Nullable Run at(ObjectId owner, long address) {
    int place = placeOf(owner, address);
    if (place == count(owner)) {
      return null;
    }
    Run run = run(owner, place);
    return run.start() <= address ? run : null;
  }

  /** The runs of one object in arrays, ascending once finished. */
  private static final class Runs {
    private long[] starts = new long[16];
    private long[] ends = new long[16];
    private long[] records = new long[16];
    private int[] recordBytes = new int[16];
    private int[] withins = new int[16];
    private short[] sources = new short[16];
    private Kind[] kinds = new Kind[16];
    private int size;
    private boolean ascending = true;

    void append(Run run) {
      if (size == starts.length) {
        grow();
      }
      ascending &= (size == 0 || ends[size - 1] <= run.start()) && run.kind() != Kind.ABSENT;
      starts[size] = run.start();
      ends[size] = run.end();
      records[size] = run.record();
      recordBytes[size] = run.recordBytes();
      withins[size] = run.within();
      sources[size] = (short) run.source();
      kinds[size] = run.kind();
      size++;
    }

    private void grow() {
      int capacity = Math.multiplyExact(size, 2);
      starts = Arrays.copyOf(starts, capacity);
      ends = Arrays.copyOf(ends, capacity);
      records = Arrays.copyOf(records, capacity);
      recordBytes = Arrays.copyOf(recordBytes, capacity);
      withins = Arrays.copyOf(withins, capacity);
      sources = Arrays.copyOf(sources, capacity);
      kinds = Arrays.copyOf(kinds, capacity);
    }

    Run get(int i) {
      return new Run(
          starts[i], ends[i], kinds[i], sources[i], records[i], recordBytes[i], withins[i]);
    }

    int firstEndingAfter(long address) {
      int low = 0;
      int high = size;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (ends[middle] <= address) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }

    /** Sorts, lets later runs cover earlier ones, and drops what is absent. */
    void finish() {
      if (ascending) {
        return;
      }
      NavigableMap<Long, Run> covered = new TreeMap<>();
      for (int i = 0; i < size; i++) {
        cover(covered, get(i));
      }
      size = 0;
      ascending = true;
      for (Run run : covered.values()) {
        if (run.kind() != Kind.ABSENT) {
          append(run);
        }
      }
    }

    private static void cover(NavigableMap<Long, Run> covered, Run run) {
      Map.Entry<Long, Run> below = covered.lowerEntry(run.start());
      if (below != null && below.getValue().end() > run.start()) {
        Run old = below.getValue();
        covered.put(old.start(), old.cut(old.start(), run.start()));
        if (old.end() > run.end()) {
          covered.put(run.end(), old.cut(run.end(), old.end()));
        }
      }
      Map.Entry<Long, Run> next = covered.ceilingEntry(run.start());
      while (next != null && next.getKey() < run.end()) {
        Run old = next.getValue();
        covered.remove(old.start());
        if (old.end() > run.end()) {
          covered.put(run.end(), old.cut(run.end(), old.end()));
        }
        next = covered.ceilingEntry(run.start());
      }
      covered.put(run.start(), run);
    }
  }
}

package io.godwit.policy.transfer;

import io.godwit.core.AddressRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An immutable set of page numbers, kept as sorted ranges that neither touch nor overlap. A page's
 * number is its address divided by the page size.
 */
public final class PageSet {
  /** No page. */
  public static final PageSet EMPTY = new PageSet(new long[0], 0);

  /** start, end, start, end, ...: half-open. */
  private final long[] bounds;

  private final long pages;

  private PageSet(long[] bounds, int used) {
    this.bounds = Arrays.copyOf(bounds, used);
    long sum = 0;
    for (int i = 0; i < used; i += 2) {
      sum += bounds[i + 1] - bounds[i];
    }
    this.pages = sum;
  }

  /** The pages from start up to but not including end. */
  public static PageSet range(long start, long end) {
    if (start < 0 || end < start) {
      throw new IllegalArgumentException("not a range of pages: " + start + "-" + end);
    }
    return start == end ? EMPTY : new PageSet(new long[] {start, end}, 2);
  }

  /** The pages of ranges of addresses, each page that is touched counted whole. */
  public static PageSet of(List<AddressRange> ranges, long pageSize) {
    long[][] sorted = new long[ranges.size()][];
    for (int i = 0; i < sorted.length; i++) {
      AddressRange range = ranges.get(i);
      sorted[i] = new long[] {range.start() / pageSize, Math.ceilDiv(range.end(), pageSize)};
    }
    Arrays.sort(sorted, (a, b) -> Long.compare(a[0], b[0]));
    long[] bounds = new long[2 * sorted.length];
    int used = 0;
    for (long[] range : sorted) {
      used = append(bounds, used, range[0], range[1]);
    }
    return used == 0 ? EMPTY : new PageSet(bounds, used);
  }

  /** Appends a range that starts nowhere before the last one, joining the two where they touch. */
  private static int append(long[] bounds, int used, long start, long end) {
    if (start >= end) {
      return used;
    }
    if (used > 0 && start <= bounds[used - 1]) {
      bounds[used - 1] = Math.max(bounds[used - 1], end);
      return used;
    }
    bounds[used] = start;
    bounds[used + 1] = end;
    return used + 2;
  }

  /** How many pages. */
  public long size() {
    return pages;
  }

  public boolean isEmpty() {
    return pages == 0;
  }

  /** How many ranges. */
  public int ranges() {
    return bounds.length / 2;
  }

  /** The first page of a range. */
  public long start(int range) {
    return bounds[2 * range];
  }

  /** The page after the last one of a range. */
  public long end(int range) {
    return bounds[2 * range + 1];
  }

  /** The ranges as addresses. */
  public List<AddressRange> addresses(long pageSize) {
    List<AddressRange> ranges = new ArrayList<>(ranges());
    for (int i = 0; i < ranges(); i++) {
      ranges.add(new AddressRange(start(i) * pageSize, end(i) * pageSize));
    }
    return ranges;
  }

  public boolean contains(long page) {
    int at = Arrays.binarySearch(bounds, page);
    // A hit on an even bound starts a range, on an odd one is just past it; between bounds, the
    // insertion point is odd inside a range.
    return at >= 0 ? at % 2 == 0 : (-at - 1) % 2 == 1;
  }

  /** The pages of either. */
  public PageSet plus(PageSet other) {
    if (other.isEmpty()) {
      return this;
    }
    if (isEmpty()) {
      return other;
    }
    long[] joined = new long[bounds.length + other.bounds.length];
    int used = 0;
    int a = 0;
    int b = 0;
    while (a < bounds.length || b < other.bounds.length) {
      if (b == other.bounds.length || (a < bounds.length && bounds[a] <= other.bounds[b])) {
        used = append(joined, used, bounds[a], bounds[a + 1]);
        a += 2;
      } else {
        used = append(joined, used, other.bounds[b], other.bounds[b + 1]);
        b += 2;
      }
    }
    return new PageSet(joined, used);
  }

  /** The pages of both. */
  public PageSet and(PageSet other) {
    long[] common = new long[bounds.length + other.bounds.length];
    int used = 0;
    int a = 0;
    int b = 0;
    while (a < bounds.length && b < other.bounds.length) {
      long start = Math.max(bounds[a], other.bounds[b]);
      long end = Math.min(bounds[a + 1], other.bounds[b + 1]);
      used = append(common, used, start, end);
      if (bounds[a + 1] < other.bounds[b + 1]) {
        a += 2;
      } else {
        b += 2;
      }
    }
    return used == 0 ? EMPTY : new PageSet(common, used);
  }

  /** The pages of this that are not in the other. */
  public PageSet minus(PageSet other) {
    if (isEmpty() || other.isEmpty()) {
      return this;
    }
    long[] left = new long[bounds.length + other.bounds.length + 2];
    int used = 0;
    int b = 0;
    for (int a = 0; a < bounds.length; a += 2) {
      long start = bounds[a];
      long end = bounds[a + 1];
      while (b < other.bounds.length && other.bounds[b + 1] <= start) {
        b += 2;
      }
      int c = b;
      while (c < other.bounds.length && other.bounds[c] < end) {
        used = append(left, used, start, Math.min(end, other.bounds[c]));
        start = Math.max(start, other.bounds[c + 1]);
        c += 2;
      }
      used = append(left, used, start, end);
    }
    return used == 0 ? EMPTY : new PageSet(left, used);
  }

  /** The lowest pages, at most so many. */
  public PageSet first(long most) {
    if (most >= pages) {
      return this;
    }
    long[] kept = new long[bounds.length];
    int used = 0;
    long left = most;
    for (int i = 0; i < bounds.length && left > 0; i += 2) {
      long end = Math.min(bounds[i + 1], bounds[i] + left);
      used = append(kept, used, bounds[i], end);
      left -= end - bounds[i];
    }
    return used == 0 ? EMPTY : new PageSet(kept, used);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PageSet set && Arrays.equals(bounds, set.bounds);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bounds);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{");
    for (int i = 0; i < ranges(); i++) {
      text.append(i == 0 ? "" : " ").append(start(i)).append('-').append(end(i));
    }
    return text.append('}').toString();
  }
}

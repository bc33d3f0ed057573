package io.godwit.engine.restore;

import io.godwit.core.AddressRange;
import java.util.Collection;
import java.util.TreeMap;

/** Finds addresses that no mapping of a set of layouts uses. */
final class FreeSpace {
  private static final long LOWEST = 0x10_0000L;
  private static final long HIGHEST = 0x7fff_0000_0000L;
  private static final long ALIGNMENT = 1 << 20;

  private final TreeMap<Long, Long> used = new TreeMap<>();

  void occupy(Collection<AddressRange> ranges) {
    for (AddressRange range : ranges) {
      used.merge(range.start(), range.end(), Math::max);
    }
  }

  /** The lowest free range of at least the length, aligned to 1 MiB. */
  AddressRange find(long length) {
    long at = LOWEST;
    for (var entry : used.entrySet()) {
      if (entry.getKey() - at >= length) {
        break;
      }
      at = Math.max(at, (entry.getValue() + ALIGNMENT - 1) & -ALIGNMENT);
    }
    if (at + length > HIGHEST) {
      throw new IllegalStateException("no room for " + length + " bytes in the address space");
    }
    return new AddressRange(at, at + length);
  }
}

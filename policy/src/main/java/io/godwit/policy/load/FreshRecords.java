package io.godwit.policy.load;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** The records of a collection that still tell something. */
final class FreshRecords {
  private FreshRecords() {}

  /** Those that are not too old, the newest first. */
  static List<LoadRecord> of(Collection<LoadRecord> known, long nowNanos, long maxAgeNanos) {
    return known.stream()
        .filter(record -> record.ageNanos(nowNanos) <= maxAgeNanos)
        .sorted(Comparator.comparingLong(LoadRecord::takenNanos).reversed())
        .toList();
  }
}

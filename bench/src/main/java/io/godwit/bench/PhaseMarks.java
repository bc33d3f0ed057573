package io.godwit.bench;

import io.godwit.core.control.Progress;
import java.util.LinkedHashMap;
import java.util.Map;

/** When each phase of one migration began, by the source's progress. One thread at a time. */
final class PhaseMarks {
  private final Map<String, Long> begun = new LinkedHashMap<>();

  /** Hears of progress; the first word of a phase tells its begin. */
  synchronized void progress(Progress progress) {
    begun.putIfAbsent(progress.phase(), progress.elapsedMicros());
  }

  /** Nanoseconds of each phase; the last ends with the migration. */
  synchronized Map<String, Long> durations(long totalMicros) {
    Map<String, Long> durations = new LinkedHashMap<>();
    String phase = null;
    long from = 0;
    for (Map.Entry<String, Long> next : begun.entrySet()) {
      if (phase != null) {
        durations.put(phase, (next.getValue() - from) * 1000);
      }
      phase = next.getKey();
      from = next.getValue();
    }
    if (phase != null) {
      durations.put(phase, Math.max(0, totalMicros - from) * 1000);
    }
    return durations;
  }
}

package io.godwit.cli.top;

import io.godwit.core.control.ProcessView;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * How much of a processor each process uses, from what it had used at earlier moments. What is
 * known of other nodes is a heartbeat old and stands still in between, so that the rate is taken
 * over some seconds, from change to change. One thread.
 */
final class CpuRates {
  private static final long WINDOW_MILLIS = 5000;

  /** Longer than between two heartbeats of a node: what has not changed since, rests. */
  private static final long STALE_MILLIS = 4000;

  private record Sample(long atMillis, long cpuMillis) {}

  private final Map<String, Deque<Sample>> samples = new HashMap<>();

  /** Processors in use by name, where it is known: 1 is one processor. */
  Map<String, Double> take(Snapshot snapshot) {
    String self = snapshot.self();
    Map<String, Double> rates = new HashMap<>();
    Set<String> present = new HashSet<>();
    for (ProcessView process : snapshot.processes()) {
      present.add(process.name());
      Deque<Sample> known = samples.computeIfAbsent(process.name(), name -> new ArrayDeque<>());
      look(known, snapshot.takenMillis(), process, process.node().equals(self));
      if (known.size() > 1) {
        Sample first = known.getFirst();
        Sample last = known.getLast();
        rates.put(
            process.name(),
            (double) (last.cpuMillis() - first.cpuMillis()) / (last.atMillis() - first.atMillis()));
      }
    }
    samples.keySet().retainAll(present);
    return rates;
  }

  private static void look(Deque<Sample> known, long now, ProcessView process, boolean here) {
    Sample last = known.peekLast();
    if (last != null && process.cpuMillis() < last.cpuMillis()) {
      known.clear(); // it has moved: its new node counts from nothing
      last = null;
    }
    boolean fresh =
        last == null
            || here
            || process.cpuMillis() != last.cpuMillis()
            || now - last.atMillis() > STALE_MILLIS;
    if (fresh && (last == null || now > last.atMillis())) {
      known.addLast(new Sample(now, process.cpuMillis()));
    }
    while (known.size() > 2 && now - known.getFirst().atMillis() > WINDOW_MILLIS) {
      known.removeFirst();
    }
  }
}

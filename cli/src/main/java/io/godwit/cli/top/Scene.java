package io.godwit.cli.top;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that there is to show.
 *
 * @param snapshot the latest; null before the first
 * @param cpu processors in use by name of the process, where that is known
 * @param silentMillis how long the daemon has owed an answer; 0 where it owes none
 * @param trouble why there is no newer snapshot; empty where nothing is wrong
 */
record Scene(
    @Nullable Snapshot snapshot, Map<String, Double> cpu, long silentMillis, String trouble) {
  Scene {
    cpu = Map.copyOf(cpu);
  }
}

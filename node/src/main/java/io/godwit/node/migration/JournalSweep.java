package io.godwit.node.migration;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.wire.proto.InquireReply.Ownership;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Removes the records of migrations that nobody needs any more, the newest of each pod last: a
 * restart takes it for the truth. Gone at the source means running, durably, at the destination,
 * which will not ask again. What runs at the destination may be asked about until the source has
 * forgotten the migration.
 */
final class JournalSweep {
  private static final Logger LOG = System.getLogger(JournalSweep.class.getName());

  private final Path journal;
  private final Map<String, SourceCase> departures;
  private final Map<String, DestinationCase> arrivals;
  private final Set<NodeId> silent;

  /**
   * Prepares for one round.
   *
   * @param silent nodes that have not answered in this round; it grows
   */
  JournalSweep(
      Path journal,
      Map<String, SourceCase> departures,
      Map<String, DestinationCase> arrivals,
      Set<NodeId> silent) {
    this.journal = journal;
    this.departures = departures;
    this.arrivals = arrivals;
    this.silent = silent;
  }

  /**
   * Goes over all records once.
   *
   * @param source asks the source of a migration what it knows of it
   */
  void sweep(Function<MigrationRecord, Ownership> source) {
    Map<String, List<MigrationRecord>> ofPods = new HashMap<>();
    departures.values().forEach(each -> add(ofPods, each.record()));
    arrivals.values().forEach(each -> add(ofPods, each.record()));
    for (List<MigrationRecord> records : ofPods.values()) {
      records.sort(Comparator.comparing(MigrationRecord::epoch));
      int left = records.size();
      for (MigrationRecord record : records) {
        boolean newest = record.equals(records.getLast());
        boolean over =
            (!newest || left == 1)
                && (record.side() == Phase.Side.SOURCE
                    ? sourceIsDone(record)
                    : nobodyAsks(record, source));
        if (over && forget(record)) {
          left--;
        }
      }
    }
  }

  private static void add(Map<String, List<MigrationRecord>> ofPods, MigrationRecord record) {
    ofPods.computeIfAbsent(record.pod(), pod -> new ArrayList<>()).add(record);
  }

  private boolean sourceIsDone(MigrationRecord record) {
    SourceCase departure = departures.get(record.migration());
    return departure != null
        && departure.settled()
        && departure.state() == SourceOwnership.State.GONE;
  }

  private boolean nobodyAsks(MigrationRecord record, Function<MigrationRecord, Ownership> source) {
    DestinationCase arrival = arrivals.get(record.migration());
    if (arrival == null
        || !arrival.settled()
        || arrival.state() != DestinationOwnership.State.RUNNING
        || silent.contains(record.peer())) {
      return false;
    }
    try {
      // Denied by a source that committed: it has forgotten.
      return source.apply(record) == Ownership.NOT_TAKEN;
    } catch (GodwitException | StatusRuntimeException unreachable) {
      silent.add(record.peer());
      return false;
    }
  }

  private boolean forget(MigrationRecord record) {
    try {
      record.remove(journal);
      if (record.side() == Phase.Side.SOURCE) {
        departures.remove(record.migration());
      } else {
        arrivals.remove(record.migration());
      }
      return true;
    } catch (IOException kept) {
      LOG.log(Level.INFO, "a record of {0} stays: {1}", record.pod(), kept.getMessage());
      return false;
    }
  }
}

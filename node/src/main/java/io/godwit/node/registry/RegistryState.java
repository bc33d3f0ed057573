package io.godwit.node.registry;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.godwit.core.GodwitException;
import io.godwit.wire.proto.NodeRecord;
import io.godwit.wire.proto.ProcessRecord;
import io.godwit.wire.proto.ProfileRecord;
import io.godwit.wire.proto.RegistryAnswer;
import io.godwit.wire.proto.RegistryBatch;
import io.godwit.wire.proto.RegistryOutcome;
import io.godwit.wire.proto.RegistryOutcomes;
import io.godwit.wire.proto.RegistryQuestion;
import io.godwit.wire.proto.RegistrySnapshot;
import io.godwit.wire.proto.RegistryUpdate;
import java.io.IOException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What all voters hold alike. Nothing but {@link #apply} and {@link #restore} changes it, and what
 * they do depends on nothing but what they are given and what was there before: no clock, no
 * configuration, no chance. Thread-safe.
 *
 * <p>An owner is set by comparison of epochs, the compare-and-set of the design: a lower epoch
 * never takes the place of a higher one, and of two nodes that claim one epoch the first has it. To
 * say the same twice is no error, so that whoever got no answer asks again.
 */
public final class RegistryState {
  /** Which process is meant. */
  private record Key(String home, String name) {
    static Key of(ProcessRecord process) {
      return new Key(process.getHome(), process.getName());
    }
  }

  private final Map<Key, ProcessRecord> processes = new LinkedHashMap<>(); // guarded by this
  private final Map<String, NodeRecord> nodes = new TreeMap<>(); // guarded by this
  private ProfileRecord profile = ProfileRecord.getDefaultInstance(); // guarded by this
  private int ended; // guarded by this; how many of the processes have
  private boolean tooNew; // guarded by this

  /**
   * Applies an entry of the log.
   *
   * @return what it led to, an outcome for each update
   */
  public synchronized RegistryOutcomes apply(byte[] bytes, int offset, int length) {
    RegistryOutcomes.Builder outcomes = RegistryOutcomes.newBuilder();
    RegistryBatch batch;
    try {
      batch = RegistryRecords.batch(bytes, offset, length);
    } catch (InvalidProtocolBufferException malformed) {
      return outcomes.addOutcomes(outcome(RegistryOutcome.Kind.MALFORMED)).build();
    }
    // Rules that this release does not know would leave it with another state than the others.
    tooNew |= batch.getVersion() > RegistryLimits.VERSION;
    for (RegistryUpdate update : batch.getUpdatesList()) {
      outcomes.addOutcomes(tooNew ? outcome(RegistryOutcome.Kind.UNKNOWN).build() : apply(update));
    }
    return outcomes.build();
  }

  /** Whether an entry was made by a later release, by rules that this one does not know. */
  public synchronized boolean isTooNew() {
    return tooNew;
  }

  private RegistryOutcome apply(RegistryUpdate update) {
    if (!RegistryRecords.wellFormed(update)) {
      return outcome(RegistryOutcome.Kind.MALFORMED).build();
    }
    return switch (update.getKindCase()) {
      case OWNED -> owned(update.getOwned());
      case ENDED -> ended(update.getEnded());
      case CHECKPOINTED -> checkpointed(update.getCheckpointed());
      case FORGOTTEN -> forgotten(update.getForgotten());
      case NODE -> node(update.getNode());
      case PROFILE -> profile(update.getProfile());
      case KIND_NOT_SET -> outcome(RegistryOutcome.Kind.MALFORMED).build();
    };
  }

  private RegistryOutcome owned(ProcessRecord told) {
    ProcessRecord known = processes.get(Key.of(told));
    ProcessRecord fresh =
        told.toBuilder()
            .setEnded(false)
            .setWaitStatus(0)
            .setCheckpoint("")
            .setCheckpointMillis(0)
            .build();
    if (known == null) {
      if (processes.size() - ended >= RegistryLimits.RUNNING) {
        return outcome(RegistryOutcome.Kind.FULL).build();
      }
      return put(fresh);
    }
    if (known.getEnded() && told.getStartedMillis() > known.getStartedMillis()) {
      processes.remove(Key.of(known)); // another process of that name, the last in the order
      ended--;
      return put(fresh);
    }
    if (told.getEpoch() < known.getEpoch()
        || (told.getEpoch() == known.getEpoch()
            && (!told.getNode().equals(known.getNode()) || known.getEnded()))) {
      return stale(known);
    }
    return put(
        fresh.toBuilder()
            .setCheckpoint(known.getCheckpoint())
            .setCheckpointMillis(known.getCheckpointMillis())
            .build());
  }

  private RegistryOutcome ended(ProcessRecord told) {
    ProcessRecord known = processes.get(Key.of(told));
    if (known == null) {
      return outcome(RegistryOutcome.Kind.DONE).build(); // nothing to forget
    }
    boolean another = known.getEnded() && told.getStartedMillis() > known.getStartedMillis();
    if (!another
        && (told.getEpoch() < known.getEpoch()
            || (told.getEpoch() == known.getEpoch() && !told.getNode().equals(known.getNode())))) {
      return stale(known);
    }
    RegistryOutcome done =
        put(
            known.toBuilder()
                .setEpoch(told.getEpoch())
                .setNode(told.getNode())
                .setStartedMillis(told.getStartedMillis())
                .setEnded(true)
                .setWaitStatus(told.getWaitStatus())
                .build());
    forgetOldest();
    return done;
  }

  private void forgetOldest() {
    Iterator<ProcessRecord> all = processes.values().iterator();
    while (ended > RegistryLimits.ENDED && all.hasNext()) {
      if (all.next().getEnded()) {
        all.remove();
        ended--;
      }
    }
  }

  private RegistryOutcome checkpointed(ProcessRecord told) {
    ProcessRecord known = processes.get(Key.of(told));
    if (known == null || known.getEnded()) {
      return known == null ? outcome(RegistryOutcome.Kind.STALE).build() : stale(known);
    }
    if (told.getCheckpointMillis() < known.getCheckpointMillis()) {
      return stale(known);
    }
    return put(
        known.toBuilder()
            .setCheckpoint(told.getCheckpoint())
            .setCheckpointMillis(told.getCheckpointMillis())
            .build());
  }

  private RegistryOutcome forgotten(ProcessRecord told) {
    ProcessRecord known = processes.get(Key.of(told));
    if (known != null
        && (known.getStartedMillis() != told.getStartedMillis()
            || known.getEpoch() > told.getEpoch())) {
      return stale(known);
    }
    if (known != null) {
      processes.remove(Key.of(told));
      ended -= known.getEnded() ? 1 : 0;
    }
    return outcome(RegistryOutcome.Kind.DONE).build();
  }

  private RegistryOutcome node(NodeRecord told) {
    NodeRecord known = nodes.get(told.getNode());
    if (known == null && nodes.size() >= RegistryLimits.NODES) {
      return outcome(RegistryOutcome.Kind.FULL).build();
    }
    if (known != null && told.getVersion() < known.getVersion()) {
      return outcome(RegistryOutcome.Kind.STALE).build();
    }
    nodes.put(told.getNode(), told);
    return outcome(RegistryOutcome.Kind.DONE).build();
  }

  private RegistryOutcome profile(ProfileRecord told) {
    if (told.getVersion() <= profile.getVersion()) {
      return outcome(told.equals(profile) ? RegistryOutcome.Kind.DONE : RegistryOutcome.Kind.STALE)
          .build();
    }
    profile = told;
    return outcome(RegistryOutcome.Kind.DONE).build();
  }

  private RegistryOutcome put(ProcessRecord process) {
    ProcessRecord before = processes.put(Key.of(process), process);
    ended += (process.getEnded() ? 1 : 0) - (before != null && before.getEnded() ? 1 : 0);
    return outcome(RegistryOutcome.Kind.DONE).setProcess(process).build();
  }

  private static RegistryOutcome stale(ProcessRecord known) {
    return outcome(RegistryOutcome.Kind.STALE).setProcess(known).build();
  }

  private static RegistryOutcome.Builder outcome(RegistryOutcome.Kind kind) {
    return RegistryOutcome.newBuilder().setKind(kind);
  }

  /** What is known of a process. */
  public synchronized Optional<ProcessRecord> find(String home, String name) {
    return Optional.ofNullable(processes.get(new Key(home, name)));
  }

  /** Adds to an answer what is asked for. */
  synchronized void answer(RegistryQuestion question, RegistryAnswer.Builder answer) {
    answer.setProcesses(processes.size() - ended).addAllNodes(nodes.values());
    if (profile.getVersion() > question.getProfileVersion()) {
      answer.setProfile(profile);
    }
    Set<String> asked = new HashSet<>(question.getNodesList());
    if (asked.isEmpty()) {
      return;
    }
    for (ProcessRecord process : processes.values()) {
      if (!process.getEnded()
          && (asked.contains(process.getNode()) || asked.contains(process.getHome()))) {
        if (answer.getAskedCount() == RegistryLimits.ASKED) {
          answer.setMore(true);
          return;
        }
        answer.addAsked(process);
      }
    }
  }

  /** Forgets all: the log is about to be read anew. */
  synchronized void clear() {
    processes.clear();
    nodes.clear();
    profile = ProfileRecord.getDefaultInstance();
    ended = 0;
    tooNew = false;
  }

  /** All of it. */
  public synchronized byte[] snapshot() {
    return RegistrySnapshot.newBuilder()
        .setVersion(RegistryLimits.VERSION)
        .addAllProcesses(processes.values())
        .addAllNodes(nodes.values())
        .setProfile(profile)
        .build()
        .toByteArray();
  }

  /**
   * Takes the place of all that was there.
   *
   * @throws GodwitException where that is no snapshot; nothing is changed then
   */
  public synchronized void restore(byte[] bytes) {
    RegistrySnapshot snapshot;
    try {
      CodedInputStream in = CodedInputStream.newInstance(bytes);
      in.setSizeLimit(RegistryLimits.SNAPSHOT_BYTES);
      snapshot = RegistrySnapshot.parseFrom(in);
    } catch (IOException malformed) {
      throw damaged(String.valueOf(malformed.getMessage()));
    }
    if (snapshot.getVersion() != RegistryLimits.VERSION) {
      throw damaged(
          "it is of version "
              + snapshot.getVersion()
              + ", and this release knows version "
              + RegistryLimits.VERSION);
    }
    RegistryRecords.require(snapshot);
    Map<Key, ProcessRecord> told = new LinkedHashMap<>();
    snapshot.getProcessesList().forEach(each -> told.put(Key.of(each), each));
    if (told.size() != snapshot.getProcessesCount()) {
      throw damaged("it names a process twice");
    }
    processes.clear();
    processes.putAll(told);
    ended = (int) told.values().stream().filter(ProcessRecord::getEnded).count();
    nodes.clear();
    snapshot.getNodesList().forEach(each -> nodes.put(each.getNode(), each));
    profile = snapshot.getProfile();
    tooNew = false;
  }

  static GodwitException damaged(String why) {
    return new GodwitException(
        RegistryError.MALFORMED,
        "reading a snapshot of the registry",
        why,
        "while all other voters take part, stop the daemon of this node, remove registry/ from its"
            + " state directory and start it again: it learns all from them");
  }
}

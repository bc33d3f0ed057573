package io.godwit.node.migration;

import io.godwit.core.GodwitException;
import io.godwit.node.journal.RecordFile;
import io.godwit.wire.proto.InquireReply.Ownership;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One migration at one of its sides: the machine and the performance of its effects. Events are
 * taken one after the other; each is performed to its end before the next, which is what the
 * machine's proof supposes.
 *
 * @param <S> the machine's states
 * @param <V> what happens
 * @param <F> what it has done
 */
abstract class OwnershipCase<S, V, F> {
  private static final Logger LOG = System.getLogger(OwnershipCase.class.getName());

  private final MigrationRecord record;
  private final Path journal;
  private S state;
  private boolean undecided = true;
  private boolean doubtful;
  private RecordFile.@Nullable Staged staged;

  OwnershipCase(MigrationRecord record, Path journal, S state) {
    this.record = record;
    this.journal = journal;
    this.state = state;
  }

  /** What the machine does at an event. */
  abstract OwnershipStep<S, F> step(S state, V event);

  /** Performs an effect; the event that it makes, if it makes one. */
  abstract @Nullable V act(F effect) throws IOException;

  /** The event of an effect that failed. */
  abstract V failure();

  /** The event of the other side's question. */
  abstract V question();

  /** What the other side hears; null for an effect that is no answer. */
  abstract @Nullable Ownership answer(F effect);

  /** Whether nothing more can change. */
  abstract boolean isEnd(S state);

  /** Whether the other side's word is missing. */
  abstract boolean waits(S state);

  /** The record that is still to be written; null when there is none. */
  abstract @Nullable F unwritten(S state);

  /** Called once when the case is decided. */
  abstract void decided(S state);

  MigrationRecord record() {
    return record;
  }

  synchronized S state() {
    return state;
  }

  /** Goes on where an earlier daemon stopped. */
  synchronized void recover(OwnershipStep<S, F> step) {
    state = step.next();
    perform(new ArrayDeque<>(step.effects()), null);
  }

  /** Its effects were performed by an earlier daemon: only the answer is left. */
  synchronized void recall() {
    undecided = false;
  }

  /** Whether it is decided and all that follows was done. */
  synchronized boolean settled() {
    return !undecided;
  }

  synchronized void on(V event) {
    perform(new ArrayDeque<>(), event);
  }

  /** Answers the other side's question. */
  synchronized Ownership asked() {
    ArrayDeque<F> todo = new ArrayDeque<>();
    OwnershipStep<S, F> step = step(state, question());
    state = step.next();
    Ownership told = Ownership.UNKNOWN;
    for (F effect : step.effects()) {
      Ownership answer = answer(effect);
      if (answer == null) {
        todo.add(effect);
      } else {
        told = answer;
      }
    }
    perform(todo, null);
    return told;
  }

  /** Whether the other side has to be asked. */
  synchronized boolean inDoubt() {
    return doubtful && waits(state);
  }

  /** From now on it has. */
  final void doubt() {
    doubtful = true;
  }

  /** Tries a record again that could not be written. */
  synchronized void retry() {
    F effect = unwritten(state);
    if (effect != null) {
      ArrayDeque<F> todo = new ArrayDeque<>();
      todo.add(effect);
      perform(todo, null);
    }
  }

  final void write(MigrationRecord.Stage stage) {
    record.at(stage).write(journal);
  }

  /** Prepares what {@link #note} of the same stage is going to do. */
  final void stage(MigrationRecord.Stage stage) {
    staged = record.at(stage).stage(journal);
  }

  /** As {@link #write}, without waiting for the disk. */
  final void note(MigrationRecord.Stage stage) {
    RecordFile.Staged prepared = staged;
    staged = null;
    if (prepared == null || !prepared.tryCommit()) {
      record.at(stage).stage(journal).commit();
    }
  }

  final void removeRecord() throws IOException {
    record.remove(journal);
  }

  private void perform(ArrayDeque<F> todo, @Nullable V first) {
    V event = first;
    while (event != null || !todo.isEmpty()) {
      if (event != null) {
        OwnershipStep<S, F> step = step(state, event);
        state = step.next();
        todo.addAll(step.effects());
        event = null;
      } else {
        event = perform(todo.remove());
      }
    }
    if (undecided && isEnd(state)) {
      undecided = false;
      decided(state);
    }
  }

  private @Nullable V perform(F effect) {
    try {
      return act(effect);
    } catch (GodwitException | IOException failed) {
      LOG.log(
          Level.WARNING,
          "migration {0} of {1}: {2} failed: {3}",
          record.migration(),
          record.pod(),
          effect,
          failed.getMessage());
      return failure();
    }
  }
}

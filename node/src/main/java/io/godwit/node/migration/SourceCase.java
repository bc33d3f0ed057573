package io.godwit.node.migration;

import io.godwit.core.GodwitException;
import io.godwit.node.migration.SourceOwnership.Effect;
import io.godwit.node.migration.SourceOwnership.Event;
import io.godwit.node.migration.SourceOwnership.State;
import io.godwit.wire.proto.InquireReply.Ownership;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One migration at its source: the machine and the performance of its effects. Events are taken one
 * after the other; each is performed to its end before the next, which is what the machine's proof
 * supposes.
 */
final class SourceCase {
  private static final Logger LOG = System.getLogger(SourceCase.class.getName());

  /** What the effects act on. */
  interface Hands {
    void seal();

    void undo();

    void kill();

    /** Best effort; a failure is found by asking. */
    void sendCommit();

    /** Best effort. */
    void tellAbort();

    /** Called once when the case is decided. */
    void decided(State state);
  }

  private final MigrationRecord record;
  private final Path journal;
  private final Hands hands;
  private State state;
  private boolean undecided = true;
  private boolean doubtful;

  SourceCase(MigrationRecord record, Path journal, Hands hands, State state) {
    this.record = record;
    this.journal = journal;
    this.hands = hands;
    this.state = state;
  }

  MigrationRecord record() {
    return record;
  }

  synchronized State state() {
    return state;
  }

  /** Goes on where an earlier daemon stopped. */
  synchronized void recover(SourceOwnership.Step step) {
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

  synchronized void on(Event event) {
    perform(new ArrayDeque<>(), event);
  }

  /** Answers the destination's question. */
  synchronized Ownership asked() {
    ArrayDeque<Effect> todo = new ArrayDeque<>();
    SourceOwnership.Step step = SourceOwnership.on(state, Event.PEER_ASKS);
    state = step.next();
    Ownership answer = Ownership.UNKNOWN;
    for (Effect effect : step.effects()) {
      switch (effect) {
        case ANSWER_COMMITTED -> answer = Ownership.TAKEN;
        case ANSWER_DENIED -> answer = Ownership.NOT_TAKEN;
        case ANSWER_LATER -> answer = Ownership.UNKNOWN;
        default -> todo.add(effect);
      }
    }
    perform(todo, null);
    return answer;
  }

  /** Whether the other side has to be asked. */
  synchronized boolean inDoubt() {
    return doubtful && state == State.COMMITTED;
  }

  /** Tries a record again that could not be written. */
  synchronized void retry() {
    if (state == State.FORGETTING || state == State.KEEPING || state == State.CLEARING) {
      ArrayDeque<Effect> todo = new ArrayDeque<>();
      todo.add(state == State.FORGETTING ? Effect.RECORD_GONE : Effect.RECORD_KEPT);
      perform(todo, null);
    }
  }

  private void perform(ArrayDeque<Effect> todo, @Nullable Event first) {
    Event event = first;
    while (event != null || !todo.isEmpty()) {
      if (event != null) {
        SourceOwnership.Step step = SourceOwnership.on(state, event);
        state = step.next();
        todo.addAll(step.effects());
        event = null;
      } else {
        event = perform(todo.remove());
      }
    }
    if (undecided && (state == State.GONE || state == State.KEPT)) {
      undecided = false;
      hands.decided(state);
    }
  }

  private @Nullable Event perform(Effect effect) {
    try {
      switch (effect) {
        case SEAL -> {
          hands.seal();
          return Event.SEALED;
        }
        case RECORD_COMMITTING -> {
          record.at(MigrationRecord.Stage.COMMITTING).write(journal);
          return Event.RECORDED;
        }
        case RECORD_GONE -> {
          record.at(MigrationRecord.Stage.GONE).write(journal);
          return Event.RECORDED;
        }
        case RECORD_KEPT -> {
          record.remove(journal);
          return Event.RECORDED;
        }
        case SEND_COMMIT -> hands.sendCommit();
        case TELL_ABORT -> hands.tellAbort();
        case KILL -> hands.kill();
        case UNDO -> hands.undo();
        case INQUIRE -> doubtful = true;
        case RECORD_AGAIN -> {
          // The round of the migrations calls retry() every few seconds.
        }
        case ANSWER_DENIED, ANSWER_COMMITTED, ANSWER_LATER ->
            throw new IllegalStateException("an answer without a question");
      }
    } catch (GodwitException | IOException failed) {
      LOG.log(
          Level.WARNING,
          "migration {0} of {1}: {2} failed: {3}",
          record.migration(),
          record.pod(),
          effect,
          failed.getMessage());
      return Event.EFFECT_FAILED;
    }
    return null;
  }
}

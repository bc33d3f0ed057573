package io.godwit.node.migration;

import io.godwit.core.GodwitException;
import io.godwit.node.migration.DestinationOwnership.Effect;
import io.godwit.node.migration.DestinationOwnership.Event;
import io.godwit.node.migration.DestinationOwnership.State;
import io.godwit.wire.proto.InquireReply.Ownership;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** One migration at its destination, as {@link SourceCase} is at its source. */
final class DestinationCase {
  private static final Logger LOG = System.getLogger(DestinationCase.class.getName());

  /** What the effects act on. */
  interface Hands {
    /** Whether the instance is there still. */
    boolean whole();

    void thaw();

    void discard();

    /** Best effort, as the two below. */
    void sendReady();

    void sendResumed();

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

  DestinationCase(MigrationRecord record, Path journal, Hands hands, State state) {
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
  synchronized void recover(DestinationOwnership.Step step) {
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
    boolean needsIt =
        switch (event) {
          case BUILT, COMMIT, PEER_COMMITTED -> true;
          default -> false;
        };
    // Until this node has taken the process the source can let its own instance go on.
    perform(new ArrayDeque<>(), needsIt && !hands.whole() ? Event.INSTANCE_LOST : event);
  }

  /** Answers the source's question. */
  synchronized Ownership asked() {
    ArrayDeque<Effect> todo = new ArrayDeque<>();
    DestinationOwnership.Step step = DestinationOwnership.on(state, Event.PEER_ASKS);
    state = step.next();
    Ownership answer = Ownership.UNKNOWN;
    for (Effect effect : step.effects()) {
      switch (effect) {
        case ANSWER_TAKEN -> answer = Ownership.TAKEN;
        case ANSWER_WAITING -> answer = Ownership.PREPARED;
        case ANSWER_DENIED -> answer = Ownership.NOT_TAKEN;
        default -> todo.add(effect);
      }
    }
    perform(todo, null);
    return answer;
  }

  /** Whether the other side has to be asked. */
  synchronized boolean inDoubt() {
    return doubtful && state == State.PREPARED;
  }

  /** Tries a record again that could not be written. */
  synchronized void retry() {
    if (state == State.TAKING || state == State.DISCARDING) {
      ArrayDeque<Effect> todo = new ArrayDeque<>();
      todo.add(state == State.TAKING ? Effect.RECORD_RUNNING : Effect.RECORD_DISCARDED);
      perform(todo, null);
    }
  }

  private void perform(ArrayDeque<Effect> todo, @Nullable Event first) {
    Event event = first;
    while (event != null || !todo.isEmpty()) {
      if (event != null) {
        DestinationOwnership.Step step = DestinationOwnership.on(state, event);
        state = step.next();
        todo.addAll(step.effects());
        event = null;
      } else {
        event = perform(todo.remove());
      }
    }
    if (undecided && (state == State.RUNNING || state == State.DISCARDED)) {
      undecided = false;
      hands.decided(state);
    }
  }

  private @Nullable Event perform(Effect effect) {
    try {
      switch (effect) {
        case RECORD_PREPARED -> {
          record.at(MigrationRecord.Stage.PREPARED).write(journal);
          return Event.RECORDED;
        }
        case RECORD_RUNNING -> {
          record.at(MigrationRecord.Stage.RUNNING).write(journal);
          return Event.RECORDED;
        }
        case RECORD_DISCARDED -> {
          record.remove(journal);
          return Event.RECORDED;
        }
        case SEND_READY -> hands.sendReady();
        case THAW -> hands.thaw();
        case SEND_RESUMED -> hands.sendResumed();
        case DISCARD -> hands.discard();
        case TELL_ABORT -> hands.tellAbort();
        case INQUIRE -> doubtful = true;
        case RECORD_AGAIN -> {
          // The round of the migrations calls retry() every few seconds.
        }
        case ANSWER_DENIED, ANSWER_WAITING, ANSWER_TAKEN ->
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

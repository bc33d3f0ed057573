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
import org.jspecify.annotations.Nullable;

/** One migration at its destination. */
final class DestinationCase extends OwnershipCase<State, Event, Effect> {
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

  private static final Logger LOG = System.getLogger(DestinationCase.class.getName());

  private final Hands hands;

  DestinationCase(MigrationRecord record, Path journal, Hands hands, State state) {
    super(record, journal, state);
    this.hands = hands;
  }

  @Override
  synchronized void on(Event event) {
    boolean needsIt =
        switch (event) {
          case BUILT, COMMIT, PEER_COMMITTED -> true;
          default -> false;
        };
    // Until this node has taken the process the source can let its own instance go on.
    super.on(needsIt && !hands.whole() ? Event.INSTANCE_LOST : event);
  }

  @Override
  OwnershipStep<State, Effect> step(State state, Event event) {
    return DestinationOwnership.on(state, event);
  }

  @Override
  Event failure() {
    return Event.EFFECT_FAILED;
  }

  @Override
  Event question() {
    return Event.PEER_ASKS;
  }

  @Override
  @Nullable Ownership answer(Effect effect) {
    return switch (effect) {
      case ANSWER_TAKEN -> Ownership.TAKEN;
      case ANSWER_WAITING -> Ownership.PREPARED;
      case ANSWER_DENIED -> Ownership.NOT_TAKEN;
      default -> null;
    };
  }

  @Override
  boolean isEnd(State state) {
    return state == State.RUNNING || state == State.DISCARDED;
  }

  @Override
  boolean waits(State state) {
    return state == State.PREPARED;
  }

  @Override
  @Nullable Effect unwritten(State state) {
    return switch (state) {
      case TAKING -> Effect.RECORD_RUNNING;
      case DISCARDING -> Effect.RECORD_DISCARDED;
      default -> null;
    };
  }

  @Override
  void decided(State state) {
    hands.decided(state);
  }

  /** A disk without room is found when the record is needed. */
  private void stageRunning() {
    try {
      stage(MigrationRecord.Stage.RUNNING);
    } catch (GodwitException full) {
      LOG.log(Level.DEBUG, "{0}", full.getMessage());
    }
  }

  @Override
  @Nullable Event act(Effect effect) throws IOException {
    switch (effect) {
      case RECORD_PREPARED -> {
        write(MigrationRecord.Stage.PREPARED);
        return Event.RECORDED;
      }
      case RECORD_RUNNING -> {
        note(MigrationRecord.Stage.RUNNING);
        return Event.RECORDED;
      }
      case FORCE_RUNNING -> write(MigrationRecord.Stage.RUNNING);
      case RECORD_DISCARDED -> {
        removeRecord();
        return Event.RECORDED;
      }
      case SEND_READY -> hands.sendReady();
      case STAGE_RUNNING -> stageRunning();
      case THAW -> hands.thaw();
      case SEND_RESUMED -> hands.sendResumed();
      case DISCARD -> hands.discard();
      case TELL_ABORT -> hands.tellAbort();
      case INQUIRE -> doubt();
      case RECORD_AGAIN -> {
        // The round of the migrations calls retry() every few seconds.
      }
      case ANSWER_DENIED, ANSWER_WAITING, ANSWER_TAKEN ->
          throw new IllegalStateException("an answer without a question");
    }
    return null;
  }
}

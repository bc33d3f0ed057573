package io.godwit.node.migration;

import io.godwit.node.migration.SourceOwnership.Effect;
import io.godwit.node.migration.SourceOwnership.Event;
import io.godwit.node.migration.SourceOwnership.State;
import io.godwit.wire.proto.InquireReply.Ownership;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One migration at its source. */
final class SourceCase extends OwnershipCase<State, Event, Effect> {
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

  private final Hands hands;

  SourceCase(MigrationRecord record, Path journal, Hands hands, State state) {
    super(record, journal, state);
    this.hands = hands;
  }

  @Override
  OwnershipStep<State, Effect> step(State state, Event event) {
    return SourceOwnership.on(state, event);
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
      case ANSWER_COMMITTED -> Ownership.TAKEN;
      case ANSWER_DENIED -> Ownership.NOT_TAKEN;
      case ANSWER_LATER -> Ownership.UNKNOWN;
      default -> null;
    };
  }

  @Override
  boolean isEnd(State state) {
    return state == State.GONE || state == State.KEPT;
  }

  @Override
  boolean waits(State state) {
    return state == State.COMMITTED;
  }

  @Override
  @Nullable Effect unwritten(State state) {
    return switch (state) {
      case FORGETTING -> Effect.RECORD_GONE;
      case KEEPING, CLEARING -> Effect.RECORD_KEPT;
      default -> null;
    };
  }

  @Override
  void decided(State state) {
    hands.decided(state);
  }

  @Override
  @Nullable Event act(Effect effect) throws IOException {
    switch (effect) {
      case SEAL -> {
        hands.seal();
        return Event.SEALED;
      }
      case RECORD_COMMITTING -> {
        write(MigrationRecord.Stage.COMMITTING);
        return Event.RECORDED;
      }
      case RECORD_GONE -> {
        write(MigrationRecord.Stage.GONE);
        return Event.RECORDED;
      }
      case RECORD_KEPT -> {
        removeRecord();
        return Event.RECORDED;
      }
      case SEND_COMMIT -> hands.sendCommit();
      case TELL_ABORT -> hands.tellAbort();
      case KILL -> hands.kill();
      case UNDO -> hands.undo();
      case INQUIRE -> doubt();
      case RECORD_AGAIN -> {
        // The round of the migrations calls retry() every few seconds.
      }
      case ANSWER_DENIED, ANSWER_COMMITTED, ANSWER_LATER ->
          throw new IllegalStateException("an answer without a question");
    }
    return null;
  }
}

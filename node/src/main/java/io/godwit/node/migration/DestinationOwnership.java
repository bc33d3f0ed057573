package io.godwit.node.migration;

/**
 * Who owns the process, as the destination has to see it: a pure machine, the other half of {@link
 * SourceOwnership}. PREPARED is written before anything is built, and so before the process is
 * frozen at the source. It says that the source's word decides about whatever is found of the
 * instance. The source says yes only after READY, and READY is said when the instance is complete,
 * detached and held by a frozen cgroup: one that is half built is never set free.
 */
public final class DestinationOwnership {
  private DestinationOwnership() {}

  /** Where the destination stands. */
  public enum State {
    /** Nothing is here yet. */
    EXPECTING,
    /** PREPARED is being written. */
    PREPARING,
    /** The instance is being built: every failure discards it. */
    BUILDING,
    /** Complete, frozen, and waiting for the source's word. */
    PREPARED,
    /** RUNNING is being written. */
    TAKING,
    /** Owned by this node and running. */
    RUNNING,
    /** That nothing was taken is being written. */
    DISCARDING,
    DISCARDED
  }

  /** What happens. */
  public enum Event {
    /** Negotiated: the instance is about to be built. */
    BEGUN,
    BUILT,
    RECORDED,
    EFFECT_FAILED,
    /** The source commits. */
    COMMIT,
    /** The source says that nothing will come. */
    ABORT,
    /** Any failure of building; a broken connection; a time limit. */
    FAILED,
    /** The source was asked: the commit is decided. */
    PEER_COMMITTED,
    /** The source was asked: it keeps the process. */
    PEER_KEEPS,
    /** The frozen instance is no longer there. */
    INSTANCE_LOST,
    /** The source asks who owns the process. */
    PEER_ASKS
  }

  /** What the driver does. */
  public enum Effect {
    /** Writes PREPARED durably; RECORDED or EFFECT_FAILED follows. */
    RECORD_PREPARED,
    SEND_READY,
    /** Prepares RECORD_RUNNING while the source's word is awaited; it may fail. */
    STAGE_RUNNING,
    /**
     * Writes RUNNING so that it outlives the daemon, waiting for no disk: the instance ends with
     * the machine as well. RECORDED or EFFECT_FAILED follows.
     */
    RECORD_RUNNING,
    /** Thaws the cgroup: the process runs. */
    THAW,
    SEND_RESUMED,
    /** Forces RUNNING to the disk, while the process runs already. */
    FORCE_RUNNING,
    /** Writes durably that nothing was taken; RECORDED or EFFECT_FAILED follows. */
    RECORD_DISCARDED,
    /** Kills the instance, which has never run. */
    DISCARD,
    TELL_ABORT,
    /** Asks the source who owns the process, now and until it answers. */
    INQUIRE,
    RECORD_AGAIN,
    /** Answers: not taken, and it will not be. */
    ANSWER_DENIED,
    /** Answers: complete and waiting. */
    ANSWER_WAITING,
    /** Answers: taken. */
    ANSWER_TAKEN
  }

  /** What the journal of a daemon that starts says. */
  public enum Recorded {
    NOTHING,
    PREPARED,
    RUNNING
  }

  /**
   * Where a daemon that starts again has to go on.
   *
   * @param present whether the instance is still there
   */
  public static OwnershipStep<State, Effect> recover(Recorded record, boolean present) {
    return switch (record) {
      case NOTHING -> OwnershipStep.to(State.DISCARDED, Effect.DISCARD);
      case PREPARED ->
          present
              ? OwnershipStep.to(State.PREPARED, Effect.INQUIRE)
              : OwnershipStep.to(State.DISCARDING, Effect.RECORD_DISCARDED);
      // Whether it was thawed before the crash is unknown; thawing twice does nothing.
      case RUNNING -> OwnershipStep.to(State.RUNNING, Effect.THAW);
    };
  }

  /** Takes a step. An event that means nothing in a state changes nothing. */
  public static OwnershipStep<State, Effect> on(State state, Event event) {
    return switch (state) {
      case EXPECTING -> expecting(event);
      case PREPARING -> preparing(event);
      case BUILDING -> building(event);
      case PREPARED -> prepared(event);
      case TAKING ->
          switch (event) {
            case RECORDED ->
                OwnershipStep.to(
                    State.RUNNING, Effect.THAW, Effect.SEND_RESUMED, Effect.FORCE_RUNNING);
            // The source has committed: the word stands, and the record follows when it can.
            case EFFECT_FAILED -> OwnershipStep.to(State.TAKING, Effect.RECORD_AGAIN);
            case PEER_ASKS -> OwnershipStep.to(state, Effect.ANSWER_WAITING);
            default -> OwnershipStep.to(state);
          };
      case RUNNING ->
          event == Event.PEER_ASKS
              ? OwnershipStep.to(state, Effect.ANSWER_TAKEN)
              : OwnershipStep.to(state);
      case DISCARDING ->
          switch (event) {
            case RECORDED -> OwnershipStep.to(State.DISCARDED, Effect.DISCARD);
            case EFFECT_FAILED -> OwnershipStep.to(State.DISCARDING, Effect.RECORD_AGAIN);
            // Not before it is on the disk: the source lets the process go on at this word.
            case PEER_ASKS -> OwnershipStep.to(state, Effect.ANSWER_WAITING);
            default -> OwnershipStep.to(state);
          };
      case DISCARDED ->
          event == Event.PEER_ASKS
              ? OwnershipStep.to(state, Effect.ANSWER_DENIED)
              : OwnershipStep.to(state);
    };
  }

  private static OwnershipStep<State, Effect> expecting(Event event) {
    return switch (event) {
      case BEGUN -> OwnershipStep.to(State.PREPARING, Effect.RECORD_PREPARED);
      case FAILED, EFFECT_FAILED, INSTANCE_LOST ->
          OwnershipStep.to(State.DISCARDED, Effect.TELL_ABORT, Effect.DISCARD);
      case ABORT, PEER_KEEPS -> OwnershipStep.to(State.DISCARDED, Effect.DISCARD);
      case PEER_ASKS ->
          OwnershipStep.to(
              State.DISCARDED, Effect.ANSWER_DENIED, Effect.TELL_ABORT, Effect.DISCARD);
      default -> OwnershipStep.to(State.EXPECTING);
    };
  }

  private static OwnershipStep<State, Effect> preparing(Event event) {
    return switch (event) {
      case RECORDED -> OwnershipStep.to(State.BUILDING);
      // READY was not sent, so the source cannot have committed.
      case EFFECT_FAILED, FAILED, INSTANCE_LOST ->
          OwnershipStep.to(State.DISCARDING, Effect.TELL_ABORT, Effect.RECORD_DISCARDED);
      case ABORT, PEER_KEEPS -> OwnershipStep.to(State.DISCARDING, Effect.RECORD_DISCARDED);
      case PEER_ASKS -> OwnershipStep.to(State.PREPARING, Effect.ANSWER_WAITING);
      default -> OwnershipStep.to(State.PREPARING);
    };
  }

  private static OwnershipStep<State, Effect> building(Event event) {
    return switch (event) {
      case BUILT -> OwnershipStep.to(State.PREPARED, Effect.SEND_READY, Effect.STAGE_RUNNING);
      case FAILED, EFFECT_FAILED, INSTANCE_LOST ->
          OwnershipStep.to(State.DISCARDING, Effect.TELL_ABORT, Effect.RECORD_DISCARDED);
      case ABORT, PEER_KEEPS -> OwnershipStep.to(State.DISCARDING, Effect.RECORD_DISCARDED);
      // The source has given up, or it would know better: this instance will never be complete.
      case PEER_ASKS ->
          OwnershipStep.to(
              State.DISCARDING, Effect.ANSWER_WAITING, Effect.TELL_ABORT, Effect.RECORD_DISCARDED);
      default -> OwnershipStep.to(State.BUILDING);
    };
  }

  private static OwnershipStep<State, Effect> prepared(Event event) {
    return switch (event) {
      case COMMIT, PEER_COMMITTED -> OwnershipStep.to(State.TAKING, Effect.RECORD_RUNNING);
      case ABORT, PEER_KEEPS -> OwnershipStep.to(State.DISCARDING, Effect.RECORD_DISCARDED);
      case INSTANCE_LOST ->
          OwnershipStep.to(State.DISCARDING, Effect.TELL_ABORT, Effect.RECORD_DISCARDED);
      case FAILED, EFFECT_FAILED -> OwnershipStep.to(State.PREPARED, Effect.INQUIRE);
      case PEER_ASKS -> OwnershipStep.to(State.PREPARED, Effect.ANSWER_WAITING);
      default -> OwnershipStep.to(State.PREPARED);
    };
  }
}

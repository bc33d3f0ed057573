package io.godwit.node.migration;

/**
 * Who owns the process, as the source has to see it: a pure machine. The driver performs the
 * effects of a step one after the other and reports what came of them as events.
 *
 * <p>Two things carry the promise over every crash. The commit is sent only after the pod's cgroup
 * is frozen (<i>sealed</i>), so that the death of the daemon, at which the kernel lets go of traced
 * processes, cannot set the instance free. And a sealed instance whose record says COMMITTING is
 * set free only by the destination's word that it has not taken the process and never will.
 *
 * <p>The record is written before the process is frozen, so that nobody waits for a disk while it
 * stands still: without the seal it means nothing, and the seal is one write to the kernel, made
 * when the destination is complete.
 */
public final class SourceOwnership {
  private SourceOwnership() {}

  /** Where the source stands. */
  public enum State {
    /** Before any decision: every failure is undone. */
    MOVING,
    /** COMMITTING is being written, which without the seal means nothing. */
    RECORDING,
    /** As before it, but for the record. */
    LEAVING,
    /** The cgroup is being frozen. */
    SEALING,
    /** The commit is decided; whether it has arrived may be unknown: in doubt. */
    COMMITTED,
    /** GONE is being written. */
    FORGETTING,
    /** The destination owns the process. */
    GONE,
    /** That the process stays is being written; it waits, sealed. */
    KEEPING,
    /** The process goes on here; that it stays is being written. */
    CLEARING,
    /** The process goes on here. */
    KEPT
  }

  /** What happens. */
  public enum Event {
    /** Negotiated: the process is about to be frozen. */
    BEGUN,
    /** The destination is complete and has said so. */
    PEER_READY,
    SEALED,
    RECORDED,
    /** The last effect that could fail has failed. */
    EFFECT_FAILED,
    /** Any failure of a phase, an abort, a broken connection, a time limit. */
    FAILED,
    PEER_RESUMED,
    /** The destination was asked: it has not taken the process and will not. */
    PEER_DENIES,
    /** The destination was asked: it is complete and waits. */
    PEER_WAITS,
    /** The destination was asked: it has the process. */
    PEER_HAS_IT,
    /** The destination asks who owns the process. */
    PEER_ASKS
  }

  /** What the driver does. */
  public enum Effect {
    /** Freezes the pod's cgroup; SEALED or EFFECT_FAILED follows. */
    SEAL,
    /** Writes COMMITTING durably; RECORDED or EFFECT_FAILED follows. */
    RECORD_COMMITTING,
    SEND_COMMIT,
    /** Writes GONE durably; RECORDED or EFFECT_FAILED follows. */
    RECORD_GONE,
    /** Writes durably that the process stays; RECORDED or EFFECT_FAILED follows. */
    RECORD_KEPT,
    /** Kills the sealed instance. */
    KILL,
    /** Restores what was disturbed, detaches, and thaws: the process goes on. */
    UNDO,
    /** Tells the destination, as far as it can be reached, that nothing will come. */
    TELL_ABORT,
    /** Asks the destination who owns the process, now and until it answers. */
    INQUIRE,
    /** Writes the last record again after a while; RECORDED or EFFECT_FAILED follows. */
    RECORD_AGAIN,
    /** Answers: this node has not passed the process on and will not. */
    ANSWER_DENIED,
    /** Answers: the commit is decided. */
    ANSWER_COMMITTED,
    /** Answers: not decided yet, ask again. */
    ANSWER_LATER
  }

  /** What the journal of a daemon that starts says. */
  public enum Recorded {
    NOTHING,
    COMMITTING,
    GONE
  }

  /**
   * Where a daemon that starts again has to go on.
   *
   * @param sealed whether the pod's cgroup is frozen
   */
  public static OwnershipStep<State, Effect> recover(Recorded record, boolean sealed) {
    return switch (record) {
      // Without the seal the commit was never sent, or the record was about to be taken back.
      case COMMITTING ->
          sealed
              ? OwnershipStep.to(State.COMMITTED, Effect.INQUIRE)
              : OwnershipStep.to(State.KEEPING, Effect.RECORD_KEPT);
      case GONE -> OwnershipStep.to(State.GONE, Effect.KILL);
      case NOTHING -> OwnershipStep.to(State.KEPT, Effect.UNDO);
    };
  }

  /** Takes a step. An event that means nothing in a state changes nothing. */
  public static OwnershipStep<State, Effect> on(State state, Event event) {
    return switch (state) {
      case MOVING -> moving(event);
      case RECORDING -> recording(event);
      case LEAVING -> leaving(event);
      case SEALING -> sealing(event);
      case COMMITTED -> committed(event);
      case FORGETTING ->
          switch (event) {
            case RECORDED -> OwnershipStep.to(State.GONE, Effect.KILL);
            // The record says COMMITTING, which leads back here after any crash.
            case EFFECT_FAILED -> OwnershipStep.to(State.FORGETTING, Effect.RECORD_AGAIN);
            case PEER_ASKS -> OwnershipStep.to(state, Effect.ANSWER_COMMITTED);
            default -> OwnershipStep.to(state);
          };
      case GONE -> OwnershipStep.to(state, answer(event, Effect.ANSWER_COMMITTED));
      case KEEPING ->
          switch (event) {
            case RECORDED -> OwnershipStep.to(State.KEPT, Effect.UNDO);
            case EFFECT_FAILED -> OwnershipStep.to(State.KEEPING, Effect.RECORD_AGAIN);
            case PEER_ASKS -> OwnershipStep.to(state, Effect.ANSWER_DENIED);
            default -> OwnershipStep.to(state);
          };
      case CLEARING ->
          switch (event) {
            case RECORDED -> OwnershipStep.to(State.KEPT);
            case EFFECT_FAILED -> OwnershipStep.to(State.CLEARING, Effect.RECORD_AGAIN);
            case PEER_ASKS -> OwnershipStep.to(state, Effect.ANSWER_DENIED);
            default -> OwnershipStep.to(state);
          };
      case KEPT -> OwnershipStep.to(state, answer(event, Effect.ANSWER_DENIED));
    };
  }

  private static OwnershipStep<State, Effect> moving(Event event) {
    return switch (event) {
      case BEGUN -> OwnershipStep.to(State.RECORDING, Effect.RECORD_COMMITTING);
      case FAILED, EFFECT_FAILED -> OwnershipStep.to(State.KEPT, Effect.TELL_ABORT, Effect.UNDO);
      case PEER_ASKS ->
          OwnershipStep.to(State.KEPT, Effect.ANSWER_DENIED, Effect.TELL_ABORT, Effect.UNDO);
      default -> OwnershipStep.to(State.MOVING);
    };
  }

  private static OwnershipStep<State, Effect> recording(Event event) {
    return switch (event) {
      case RECORDED -> OwnershipStep.to(State.LEAVING);
      // What is on the disk now is unknown.
      case EFFECT_FAILED, FAILED -> undone();
      case PEER_ASKS -> denied();
      default -> OwnershipStep.to(State.RECORDING);
    };
  }

  private static OwnershipStep<State, Effect> leaving(Event event) {
    return switch (event) {
      case PEER_READY -> OwnershipStep.to(State.SEALING, Effect.SEAL);
      case FAILED, EFFECT_FAILED -> undone();
      case PEER_ASKS -> denied();
      default -> OwnershipStep.to(State.LEAVING);
    };
  }

  private static OwnershipStep<State, Effect> sealing(Event event) {
    return switch (event) {
      case SEALED -> OwnershipStep.to(State.COMMITTED, Effect.SEND_COMMIT);
      // A broken connection now is found again when the commit cannot be sent.
      case EFFECT_FAILED -> undone();
      case PEER_ASKS -> OwnershipStep.to(State.SEALING, Effect.ANSWER_LATER);
      default -> OwnershipStep.to(State.SEALING);
    };
  }

  /** First the process, which needs no disk to go on. */
  private static OwnershipStep<State, Effect> undone() {
    return OwnershipStep.to(State.CLEARING, Effect.TELL_ABORT, Effect.UNDO, Effect.RECORD_KEPT);
  }

  private static OwnershipStep<State, Effect> denied() {
    return OwnershipStep.to(
        State.CLEARING, Effect.ANSWER_DENIED, Effect.TELL_ABORT, Effect.UNDO, Effect.RECORD_KEPT);
  }

  private static OwnershipStep<State, Effect> committed(Event event) {
    return switch (event) {
      case PEER_RESUMED, PEER_HAS_IT -> OwnershipStep.to(State.FORGETTING, Effect.RECORD_GONE);
      case PEER_DENIES -> OwnershipStep.to(State.KEEPING, Effect.RECORD_KEPT);
      // It asks by itself and gets the answer below.
      case PEER_WAITS -> OwnershipStep.to(State.COMMITTED, Effect.SEND_COMMIT, Effect.INQUIRE);
      case FAILED, EFFECT_FAILED -> OwnershipStep.to(State.COMMITTED, Effect.INQUIRE);
      case PEER_ASKS -> OwnershipStep.to(State.COMMITTED, Effect.ANSWER_COMMITTED);
      default -> OwnershipStep.to(State.COMMITTED);
    };
  }

  private static Effect[] answer(Event event, Effect answer) {
    return event == Event.PEER_ASKS ? new Effect[] {answer} : new Effect[0];
  }
}

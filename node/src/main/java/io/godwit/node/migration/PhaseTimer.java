package io.godwit.node.migration;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Walks through the phases of one side: gate, flight recorder, observer. One thread. */
final class PhaseTimer implements AutoCloseable {
  private final String pod;
  private final String migration;
  private final Phase.Side side;
  private final PhaseGate gate;
  private final MigrationObserver observer;
  private final long started = System.nanoTime();
  private final LongSupplier bytes;
  private @Nullable PhaseEvent event;
  private Phase phase = Phase.NEGOTIATE;
  private long bytesBefore;

  PhaseTimer(
      String pod,
      String migration,
      Phase.Side side,
      PhaseGate gate,
      MigrationObserver observer,
      LongSupplier bytes) {
    this.pod = pod;
    this.migration = migration;
    this.side = side;
    this.gate = gate;
    this.observer = observer;
    this.bytes = bytes;
  }

  /** Ends the phase before and begins this one. */
  void begin(Phase next) {
    finish("");
    phase = next;
    bytesBefore = bytes.getAsLong();
    event = new PhaseEvent();
    event.begin();
    observer.progress(next, bytesBefore, 0, elapsed());
    gate.pass(next, side, pod);
  }

  /** Tells the observer how far the phase has come. */
  void progress(long expected) {
    observer.progress(phase, bytes.getAsLong(), expected, elapsed());
  }

  Phase phase() {
    return phase;
  }

  long elapsed() {
    return System.nanoTime() - started;
  }

  /** The phase has failed. */
  void failed(Throwable cause) {
    finish(String.valueOf(cause.getMessage()));
  }

  @Override
  public void close() {
    finish("");
  }

  private void finish(String failure) {
    PhaseEvent ending = event;
    if (ending == null) {
      return;
    }
    event = null;
    ending.end();
    if (ending.shouldCommit()) {
      ending.pod = pod;
      ending.migration = migration;
      ending.phase = phase.title();
      ending.side = side.name();
      ending.bytes = bytes.getAsLong() - bytesBefore;
      ending.failure = failure;
      ending.commit();
    }
  }
}

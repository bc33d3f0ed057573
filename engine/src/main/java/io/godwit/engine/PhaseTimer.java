package io.godwit.engine;

import java.util.function.LongSupplier;

/** Times phases, tells the listener and writes flight recorder events. */
final class PhaseTimer {
  private final PhaseListener listener;

  PhaseTimer(PhaseListener listener) {
    this.listener = listener;
  }

  /** Runs a phase that moves no memory. */
  void time(Phase phase, Runnable work) {
    timeBytes(
        phase,
        () -> {
          work.run();
          return 0;
        });
  }

  /** Runs a phase that gives back how many bytes it moved. */
  long timeBytes(Phase phase, LongSupplier work) {
    PhaseEvent event = new PhaseEvent();
    event.begin();
    long start = System.nanoTime();
    long bytes = work.getAsLong();
    long nanos = System.nanoTime() - start;
    event.phase = phase.name();
    event.bytes = bytes;
    event.commit();
    listener.done(phase, nanos, bytes);
    return bytes;
  }
}

package io.godwit.engine;

/** Hears of each phase when it is over. Called on the thread that did the work; must be quick. */
@FunctionalInterface
public interface PhaseListener {
  /** Nobody wants to know. */
  PhaseListener NONE = (phase, nanos, bytes) -> {};

  /**
   * @param nanos how long it took
   * @param bytes of memory moved in it, 0 where that means nothing
   */
  void done(Phase phase, long nanos, long bytes);
}

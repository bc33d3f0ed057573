package io.godwit.engine.pages;

/**
 * Stops the processes of a {@link FaultServer} for some microseconds. A thread that is in a system
 * call ends it, and does not get back to the program before {@link #goOn}: as the cgroup freezer
 * does it.
 */
public interface Stillness {
  /** For processes that have one thread as long as pages are missing. */
  Stillness NONE =
      new Stillness() {
        @Override
        public void stop() {}

        @Override
        public void goOn() {}
      };

  /**
   * Returns when no thread can get back to the program any more. Called under the server's lock.
   */
  void stop();

  /** Lets them go on, unless others want them to stand still. Called under the server's lock. */
  void goOn();
}

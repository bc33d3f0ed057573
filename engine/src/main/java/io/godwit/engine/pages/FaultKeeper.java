package io.godwit.engine.pages;

import io.godwit.linux.Fd;

/**
 * Holds on to descriptors as long as pages are missing. When the last holder of one lets go, the
 * kernel lets the program read zeros where its pages are missing: with a keeper that outlives this
 * process, it waits instead.
 */
public interface FaultKeeper {
  /** Nobody: for processes that do not outlive this one. */
  FaultKeeper NONE =
      new FaultKeeper() {
        @Override
        public void keep(Fd descriptor, int number) {}

        @Override
        public void release() {}
      };

  /**
   * Holds one more. Called under the server's lock.
   *
   * @param number by which {@link FaultServer#takeUp} wants it
   */
  void keep(Fd descriptor, int number);

  /** Lets go of all: nothing is missing any more. Called under the server's lock. */
  void release();
}

package io.godwit.node.daemon;

import io.godwit.engine.FrozenPod;
import io.godwit.node.visits.KeptCopies;
import io.godwit.node.visits.Visit;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Keeps what a pod that has left held in memory, before its frozen instance is removed: nobody
 * waits for that, neither the program nor who moved it.
 */
record VisitKeeper(KeptCopies kept, Visit visit) {
  private static final Logger LOG = System.getLogger(VisitKeeper.class.getName());

  /** There is no room or time for more. */
  private static final class Enough extends RuntimeException {
    private static final long serialVersionUID = 1;

    Enough() {
      super(null, null, false, false);
    }
  }

  /**
   * Copies, on a thread of its own, as far as that is allowed.
   *
   * @param remove what removes the frozen instance; called in any case, now or later
   */
  void keep(FrozenPod frozen, Runnable remove) {
    KeptCopies.Keeping copy;
    try {
      copy = kept.begin(visit, frozen.contentBytes());
    } catch (RuntimeException unreadable) {
      LOG.log(Level.INFO, "nothing of {0} is kept: {1}", visit.pod(), unreadable.toString());
      copy = null;
    }
    KeptCopies.Keeping begun = copy;
    if (begun == null) {
      remove.run();
      return;
    }
    Thread.ofPlatform()
        .daemon()
        .name("godwit-visit-" + visit.pod())
        .start(
            () -> {
              try {
                copy(frozen, begun);
              } finally {
                remove.run();
              }
              begun.finish();
            });
  }

  private void copy(FrozenPod frozen, KeptCopies.Keeping to) {
    try {
      long bytes =
          frozen.copyPages(
              (object, address, content) -> {
                if (!to.add(content)) {
                  throw new Enough();
                }
              });
      LOG.log(Level.DEBUG, "{0} bytes of {1} are kept", bytes, visit.pod());
    } catch (Enough enough) {
      LOG.log(Level.DEBUG, "a part of {0} is kept", visit.pod());
    } catch (RuntimeException unreadable) {
      LOG.log(Level.INFO, "not all of {0} is kept: {1}", visit.pod(), unreadable.toString());
    }
  }
}

package io.godwit.engine.kind;

import io.godwit.engine.extract.ImageDraft;
import io.godwit.engine.freeze.FrozenTree;
import io.godwit.engine.restore.Restoration;
import io.godwit.engine.restore.RestoreStage;

/**
 * One kind of resource that processes hold: how to see before the freeze that it cannot be moved,
 * how to describe it, how to make it again. A kind has no state of its own between calls; what it
 * needs later it keeps in the image, in the draft or in the restoration (see their {@code
 * attachment}).
 *
 * <p>Order of the calls: at the source {@link #inspect} while the processes run, then {@link
 * #collect} under the freeze; at the destination {@link #recreate} once for each {@link
 * RestoreStage} in order. Kinds are called in the order in which the engine lists them.
 */
public interface ResourceKind {
  /** For messages and events, for example {@code "pipe"}. */
  String name();

  /**
   * Looks for what cannot be carried, from outside, while the processes run. Called on any thread;
   * injects nothing and stops nothing.
   */
  default void inspect(Inspection inspection) {}

  /**
   * Adds the records of this kind to the draft. Everything is stopped. Called on the tracer's
   * thread. Calls to be made inside the processes are put into {@link
   * io.godwit.engine.freeze.FrozenProcess#calls()}, which the engine runs for all kinds at once
   * when every kind has been asked.
   */
  default void collect(FrozenTree tree, ImageDraft draft) {}

  /**
   * Makes the resources of this kind, as far as this stage goes. Called on the tracer's thread.
   * Calls inside the new processes go to {@link io.godwit.engine.restore.RestoredProcess#calls()},
   * which the engine runs at the end of each kind's turn.
   */
  default void recreate(RestoreStage stage, Restoration restoration) {}
}

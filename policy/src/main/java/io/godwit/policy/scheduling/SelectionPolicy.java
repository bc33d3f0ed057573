package io.godwit.policy.scheduling;

import io.godwit.policy.load.ProcessLoad;
import org.jspecify.annotations.Nullable;

/** Which process to move. */
public interface SelectionPolicy {
  /** Why the process is not considered for any node, or null. */
  @Nullable Rejection rejects(ProcessLoad process);

  /** Why the process is not moved there, or null. */
  @Nullable Rejection rejects(ProcessLoad process, Move move);

  /**
   * How much is expected of the move; the highest is made. Also orders before targets are known.
   */
  double gain(ProcessLoad process, @Nullable Move move);
}

package io.godwit.policy.scheduling;

import io.godwit.core.NodeId;
import io.godwit.policy.load.NodeLoad;
import io.godwit.policy.load.ProcessLoad;
import java.util.List;

/** What a scheduler sees of its own node. */
public interface LocalNode {
  NodeId id();

  /** The load now, not counting processes that are on their way out. */
  NodeLoad load();

  /** The processes here that are not on their way out or in. */
  List<ProcessLoad> processes(long nowNanos);
}

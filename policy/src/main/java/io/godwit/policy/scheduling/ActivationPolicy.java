package io.godwit.policy.scheduling;

import io.godwit.policy.load.NodeLoad;

/** When to look for a better place for processes, or for processes for this place. */
public interface ActivationPolicy {
  /** What has just happened. */
  enum Trigger {
    TICK,
    PROCESS_STARTED,
    PROCESS_ENDED
  }

  /** Whether this node should try to get rid of a process now. */
  boolean send(Trigger trigger, NodeLoad own);

  /** Whether this node should ask others for a process now. */
  boolean receive(Trigger trigger, NodeLoad own);

  /** Whether a process that starts here with this load should be started elsewhere if it can. */
  boolean place(NodeLoad own);

  /** Whether a node with this load has something to give to one that asks. */
  boolean gives(NodeLoad own);
}

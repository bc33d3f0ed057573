package io.godwit.policy.load;

import io.godwit.core.NodeId;

/** What a load layer wants done. */
public sealed interface LoadEffect {
  /** Send the message; losing it is harmless. */
  record Send(NodeId to, LoadMessage message) implements LoadEffect {}

  /** The candidates that were wanted are in the view now, as far as they answered. */
  record ViewReady() implements LoadEffect {
    public static final ViewReady READY = new ViewReady();
  }

  /** This node collects for the others from now on, or no longer does. */
  record MasterIs(NodeId master) implements LoadEffect {}
}

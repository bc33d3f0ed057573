package io.godwit.node.home;

/**
 * The way from one end of a console to the other: a direct call where both are on one node, a
 * stream between nodes otherwise. Messages arrive once, in order, or the channel breaks and a new
 * one is opened.
 */
public interface ConsoleChannel {
  /**
   * Passes a message on without waiting for the other side: how much is under way is bounded by
   * what the other side has accepted. A broken channel drops it.
   */
  void send(ConsoleMessage message);

  /** One end of a console: the relay beside the program, or the home. Safe from any thread. */
  interface End {
    void receive(ConsoleMessage message);
  }
}

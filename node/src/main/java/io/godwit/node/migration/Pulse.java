package io.godwit.node.migration;

import io.godwit.core.NodeId;
import io.godwit.node.NodeLimits;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Keeps the conversations of a node's migrations alive, and ends those that are dead. */
final class Pulse implements AutoCloseable {
  private final Set<Conversation> conversations = ConcurrentHashMap.newKeySet();
  private final Consumer<NodeId> silent;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("godwit-pulse").factory());

  /**
   * Begins.
   *
   * @param silent told of a node of which nothing is heard
   */
  Pulse(Consumer<NodeId> silent) {
    this.silent = silent;
    long period = NodeLimits.PULSE.toMillis();
    var _ = timer.scheduleAtFixedRate(this::beat, period, period, TimeUnit.MILLISECONDS);
  }

  /** A conversation that is looked after until it ends. */
  Conversation conversation(NodeId peer) {
    Conversation begun = new Conversation(peer, silent);
    conversations.add(begun);
    return begun;
  }

  private void beat() {
    long now = System.nanoTime();
    conversations.removeIf(each -> !each.pulse(now));
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}

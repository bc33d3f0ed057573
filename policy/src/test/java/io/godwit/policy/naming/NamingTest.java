package io.godwit.policy.naming;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.core.Epoch;
import io.godwit.core.NodeId;
import io.godwit.policy.load.ProcessKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NamingTest {
  private static final NodeId HOME = new NodeId("n0");
  private static final ProcessKey PROCESS = new ProcessKey(HOME, 1);

  private final Map<NodeId, Naming> nodes = new TreeMap<>();
  private final List<NamingEffect> found = new ArrayList<>();
  private final Set<NodeId> dead = new HashSet<>();
  private int messages;

  private void cluster(Naming.Search search) {
    for (int i = 0; i < 6; i++) {
      NodeId id = new NodeId("n" + i);
      nodes.put(id, new Naming(id, search));
    }
  }

  private void tell(NodeId node, NamingEvent event) {
    for (NamingEffect effect : nodes.get(node).on(event, 0)) {
      switch (effect) {
        case NamingEffect.Send(NodeId to, NamingMessage message) -> deliver(node, to, message);
        case NamingEffect.Multicast(NamingMessage message) ->
            nodes.keySet().stream()
                .filter(other -> !other.equals(node))
                .forEach(other -> deliver(node, other, message));
        default -> found.add(effect);
      }
    }
  }

  private void deliver(NodeId from, NodeId to, NamingMessage message) {
    messages++;
    if (!dead.contains(to)) {
      tell(to, new NamingEvent.Received(from, message));
    }
  }

  private void move(int... trail) {
    for (int i = 0; i < trail.length; i++) {
      Epoch epoch = new Epoch(i + 1);
      if (i > 0) {
        tell(node(trail[i - 1]), new NamingEvent.Left(PROCESS, node(trail[i]), epoch));
      }
      tell(node(trail[i]), new NamingEvent.Here(PROCESS, epoch));
    }
  }

  private static NodeId node(int number) {
    return new NodeId("n" + number);
  }

  @ParameterizedTest
  @EnumSource(Naming.Search.class)
  void findsAProcessThatHasMovedOften(Naming.Search search) {
    cluster(search);
    move(0, 1, 2, 3);
    tell(node(5), new NamingEvent.Wanted(PROCESS));
    assertThat(found)
        .containsExactly(new NamingEffect.Found(PROCESS, new Location(node(3), new Epoch(4))));
  }

  @Test
  void linksAreUpdatedByTheAnswer() {
    cluster(Naming.Search.LINK_UPDATE);
    move(0, 1, 2);
    tell(node(5), new NamingEvent.Wanted(PROCESS));
    // It moves on; who asked before follows the trail from where it last was.
    tell(node(2), new NamingEvent.Left(PROCESS, node(4), new Epoch(4)));
    tell(node(4), new NamingEvent.Here(PROCESS, new Epoch(4)));
    found.clear();
    messages = 0;
    tell(node(5), new NamingEvent.Wanted(PROCESS));
    assertThat(found)
        .containsExactly(new NamingEffect.Found(PROCESS, new Location(node(4), new Epoch(4))));
    assertThat(messages).as("question, forwarding, answer").isEqualTo(3);
  }

  @Test
  void broadcastNeedsNoHome() {
    cluster(Naming.Search.BROADCAST);
    move(0, 1, 2);
    dead.add(HOME);
    tell(node(5), new NamingEvent.Wanted(PROCESS));
    assertThat(found).singleElement().isInstanceOf(NamingEffect.Found.class);
  }

  @Test
  void staleNewsDoesNotReplaceLaterNews() {
    cluster(Naming.Search.HOME);
    move(0, 1, 2);
    tell(
        HOME,
        new NamingEvent.Received(
            node(1), new NamingMessage.At(PROCESS, new Location(node(1), new Epoch(2)))));
    assertThat(nodes.get(HOME).location(PROCESS)).isEqualTo(new Location(node(2), new Epoch(3)));
  }

  @Test
  void aSearchWithoutAnAnswerEnds() {
    cluster(Naming.Search.LINK_UPDATE);
    dead.add(HOME);
    tell(node(5), new NamingEvent.Wanted(PROCESS));
    assertThat(found).isEmpty();
    assertThat(nodes.get(node(5)).on(NamingEvent.Tick.TICK, Naming.TIMEOUT_NANOS + 1))
        .singleElement()
        .isInstanceOf(NamingEffect.NotFound.class);
  }

  @Test
  void unknownProcessIsReportedByItsHome() {
    cluster(Naming.Search.HOME);
    tell(node(5), new NamingEvent.Wanted(PROCESS));
    assertThat(found).singleElement().isInstanceOf(NamingEffect.NotFound.class);
  }
}

package io.godwit.policy.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.core.NodeId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class DisseminationTest {
  private static final long SECOND = 1_000_000_000L;

  /** Load layers joined by a network that delivers at once and loses what goes to the dead. */
  private static final class Network {
    final List<NodeId> members = new ArrayList<>();
    final Map<NodeId, Dissemination> layers = new HashMap<>();
    final Map<NodeId, Integer> sent = new HashMap<>();
    final Set<NodeId> dead = new HashSet<>();
    final List<NodeId> ready = new ArrayList<>();

    Network(int nodes, Function<NodeId, Dissemination> layer) {
      for (int i = 0; i < nodes; i++) {
        members.add(new NodeId("n" + i));
      }
      for (NodeId node : members) {
        layers.put(node, layer.apply(node));
      }
      for (NodeId node : members) {
        tell(node, new LoadEvent.Members(members), 0);
      }
    }

    void collect(double runQueueOfFirst, long now) {
      for (int i = 0; i < members.size(); i++) {
        NodeLoad load =
            NodeLoad.idle(1, 1, 1 << 30, Set.of()).withRunQueue(i == 0 ? runQueueOfFirst : i);
        tell(members.get(i), new LoadEvent.Collected(load), now);
      }
    }

    void round(long now) {
      for (NodeId node : members) {
        tell(node, LoadEvent.Tick.TICK, now);
      }
    }

    void tell(NodeId node, LoadEvent event, long now) {
      record Delivery(NodeId to, LoadEvent event) {}
      Deque<Delivery> queue = new ArrayDeque<>(List.of(new Delivery(node, event)));
      while (!queue.isEmpty()) {
        Delivery next = queue.removeFirst();
        if (dead.contains(next.to())) {
          continue;
        }
        for (LoadEffect effect : layer(next.to()).on(next.event(), now)) {
          if (effect instanceof LoadEffect.Send(NodeId to, LoadMessage message)) {
            sent.merge(next.to(), message.wireBytes(), Integer::sum);
            queue.add(new Delivery(to, new LoadEvent.Received(message)));
          } else if (effect instanceof LoadEffect.ViewReady) {
            ready.add(next.to());
          }
        }
      }
    }

    Dissemination layer(NodeId node) {
      return layers.get(node);
    }
  }

  private static Network gossip(int nodes) {
    return gossip(nodes, 0);
  }

  private static Network gossip(int nodes, int partners) {
    SplittableRandom random = new SplittableRandom(7);
    return new Network(
        nodes,
        id ->
            new Gossip(
                id,
                new Gossip.Options(SECOND, 16, 60 * SECOND, 10 * SECOND, 16, partners),
                random.split(),
                0,
                0));
  }

  @Test
  void gossipReachesEverybodyAndStaysFresh() {
    Network network = gossip(12);
    for (long now = 0; now < 30 * SECOND; now += SECOND) {
      network.collect(0, now);
      network.round(now);
    }
    for (NodeId node : network.members) {
      List<LoadRecord> records = network.layer(node).records(30 * SECOND);
      assertThat(records).hasSize(11).noneMatch(r -> r.node().equals(node));
      assertThat(records).allMatch(r -> r.ageNanos(30 * SECOND) < 15 * SECOND);
      assertThat(records)
          .isSortedAccordingTo((a, b) -> Long.compare(b.takenNanos(), a.takenNanos()));
    }
  }

  @Test
  void gossipCostsANodeTheSameInAnyCluster() {
    double[] perNode = new double[2];
    int[] sizes = {40, 400};
    for (int i = 0; i < 2; i++) {
      Network network = gossip(sizes[i]);
      for (long now = 0; now < 40 * SECOND; now += SECOND) {
        network.collect(0, now);
        network.round(now);
      }
      perNode[i] = network.sent.values().stream().mapToInt(v -> v).sum() / (double) sizes[i];
    }
    assertThat(perNode[1]).isBetween(perNode[0] * 0.9, perNode[0] * 1.1);
  }

  @Test
  void gossipWithAFewPartnersReachesAllAndAsFresh() {
    int nodes = 200;
    double[] ages = new double[2];
    int[] partners = {0, 4};
    for (int i = 0; i < 2; i++) {
      Network network = gossip(nodes, partners[i]);
      for (long now = 0; now < 60 * SECOND; now += SECOND) {
        network.collect(0, now);
        network.round(now);
      }
      Set<NodeId> known = new HashSet<>();
      long age = 0;
      for (NodeId node : network.members) {
        for (LoadRecord record : network.layer(node).records(60 * SECOND)) {
          known.add(record.node());
          age += record.ageNanos(60 * SECOND);
        }
      }
      assertThat(known).as("told of by somebody").hasSize(nodes);
      ages[i] = (double) age / nodes;
    }
    assertThat(ages[1]).isLessThan(ages[0] * 1.3);
  }

  @Test
  void partnersAreFewAndChangeSlowlyAndTheSilentAreReplaced() {
    List<NodeId> members = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      members.add(new NodeId("n" + i));
    }
    Partners partners = new Partners(members.getFirst(), 4, new SplittableRandom(5));
    partners.among(members);
    Set<NodeId> met = new HashSet<>();
    for (int round = 1; round < Partners.RENEWAL_ROUNDS; round++) {
      partners.round();
      met.add(partners.any());
    }
    assertThat(met).hasSize(4).doesNotContain(members.getFirst());
    NodeId silent = met.iterator().next();
    partners.replace(silent);
    for (int round = 0; round < 20; round++) {
      partners.round();
      met.add(partners.any());
    }
    assertThat(met).hasSizeBetween(5, 6);
    partners.among(members.subList(0, 4));
    partners.round();
    assertThat(partners.limited()).isFalse();
    assertThat(partners.any()).isIn(members.subList(1, 4));
  }

  @Test
  void gossipForgetsTheDead() {
    Network network = gossip(6);
    for (long now = 0; now < 10 * SECOND; now += SECOND) {
      network.collect(0, now);
      network.round(now);
    }
    NodeId gone = network.members.get(3);
    network.dead.add(gone);
    NodeId other = network.members.get(0);
    network.tell(other, new LoadEvent.Suspected(gone), 10 * SECOND);
    assertThat(network.layer(other).find(gone)).isNull();
    // Without a suspicion, age takes care of it.
    for (long now = 10 * SECOND; now < 100 * SECOND; now += SECOND) {
      network.collect(0, now);
      network.round(now);
    }
    assertThat(network.layer(network.members.get(5)).records(100 * SECOND))
        .noneMatch(r -> r.node().equals(gone));
  }

  @Test
  void floodOfMessagesGetsABoundedNumberOfAnswers() {
    NodeId self = new NodeId("self");
    Gossip layer =
        new Gossip(
            self,
            new Gossip.Options(SECOND, 8, 60 * SECOND, 10 * SECOND, 3, 0),
            new SplittableRandom(1),
            0,
            0);
    layer.on(new LoadEvent.Collected(NodeLoad.idle(1, 1, 1, Set.of())), 0);
    int answers = 0;
    for (int i = 0; i < 50; i++) {
      NodeId from = new NodeId("n" + i);
      LoadRecord record = new LoadRecord(from, NodeLoad.idle(1, 1, 1, Set.of()), 1, 0);
      answers +=
          layer
              .on(new LoadEvent.Received(new LoadMessage.Vector(from, 0, List.of(record), true)), 0)
              .size();
    }
    assertThat(answers).isEqualTo(3);
    assertThat(layer.records(0)).hasSize(8);
  }

  @Test
  void recordsKeepTheirAgeAcrossClocksThatDiffer() {
    LoadVector vector = new LoadVector(new NodeId("self"), 4);
    // The sender's clock says 1000 s at sending; the record is 3 s old. Here it is 5 s.
    LoadRecord record =
        new LoadRecord(new NodeId("a"), NodeLoad.idle(1, 1, 1, Set.of()), 9, 997 * SECOND);
    vector.merge(record, 5 * SECOND - 1000 * SECOND);
    assertThat(vector.getFirst().ageNanos(5 * SECOND)).isEqualTo(3 * SECOND);
    assertThat(vector.merge(record, 0)).as("the same again tells nothing").isFalse();
  }

  @Test
  void masterAnswersWithTheBestAndAnotherTakesOver() {
    Network network =
        new Network(
            5, id -> new Central(id, new Central.Options(SECOND, 100, 10 * SECOND, 3), 0, 0));
    network.collect(4.5, 0);
    network.round(0);
    NodeId asker = network.members.get(4);
    network.tell(asker, new LoadEvent.Wanted(2), 0);
    assertThat(network.ready).containsExactly(asker);
    assertThat(network.layer(asker).records(0))
        .extracting(r -> r.node().name())
        .containsExactlyInAnyOrder("n1", "n2");

    network.dead.add(network.members.get(0));
    long now = 0;
    for (int i = 0; i < 6; i++) {
      now += SECOND;
      network.collect(0, now);
      network.round(now);
    }
    for (int i = 1; i < 5; i++) {
      assertThat(((Central) network.layer(network.members.get(i))).master().name()).isEqualTo("n1");
    }
    network.ready.clear();
    network.tell(asker, new LoadEvent.Wanted(4), now);
    assertThat(network.ready).containsExactly(asker);
  }

  @Test
  void negotiationIsFreshAndDoesNotWaitForTheDead() {
    SplittableRandom random = new SplittableRandom(3);
    Network network =
        new Network(4, id -> new Negotiated(id, Negotiated.Options.DEFAULT, random.split(), 0));
    network.collect(0, 0);
    network.dead.add(network.members.get(2));
    NodeId asker = network.members.get(1);
    network.tell(asker, new LoadEvent.Wanted(3), 0);
    assertThat(network.ready).as("one has not answered").isEmpty();
    assertThat(network.layer(asker).records(0)).hasSize(2);
    network.tell(asker, LoadEvent.Tick.TICK, SECOND / 4);
    assertThat(network.ready).containsExactly(asker);
    assertThat(network.layer(asker).records(2 * SECOND)).as("answers age").isEmpty();
  }

  @Test
  void leadersExchangeOnlyTheLeastLoaded() {
    SplittableRandom random = new SplittableRandom(5);
    Network network =
        new Network(
            12,
            id ->
                new Hierarchical(
                    id,
                    new Hierarchical.Options(SECOND, 4, 1, 30 * SECOND, 3),
                    random.split(),
                    0,
                    0));
    for (long now = 0; now < 20 * SECOND; now += SECOND) {
      network.collect(0, now);
      network.round(now);
    }
    // n11's group is n8 to n11; of the others it hears of the least loaded alone: n0 and n4.
    assertThat(network.layer(network.members.get(11)).records(20 * SECOND))
        .extracting(r -> r.node().name())
        .containsExactlyInAnyOrder("n8", "n9", "n10", "n0", "n4");
  }
}

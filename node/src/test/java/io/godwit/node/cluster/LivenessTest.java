package io.godwit.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.core.NodeId;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LivenessTest {
  private static final long SECOND = 1_000_000_000L;
  private static final NodeId SELF = new NodeId("self");
  private static final NodeId A = new NodeId("a");
  private static final NodeId B = new NodeId("b");

  private final Liveness liveness = new Liveness(SELF, 2 * SECOND, 6 * SECOND, 3);

  @Test
  void asksTheSilentAndSuspectsThoseWhoAreAskedInVain() {
    liveness.members(List.of(SELF, A, B), 0);
    assertThat(liveness.probes(10, SECOND)).isEmpty();
    assertThat(liveness.probes(10, 2 * SECOND)).containsExactlyInAnyOrder(A, B);
    assertThat(liveness.probes(10, 2 * SECOND)).as("not twice at once").isEmpty();
    liveness.heard(A, 3 * SECOND);
    assertThat(liveness.suspects(6 * SECOND)).containsExactly(B);
    assertThat(liveness.suspects(7 * SECOND)).as("told once").isEmpty();
    assertThat(liveness.suspected(B)).isTrue();
    liveness.heard(B, 8 * SECOND);
    assertThat(liveness.suspected(B)).isFalse();
    assertThat(liveness.silenceNanos(B, 9 * SECOND)).isEqualTo(SECOND);
  }

  @Test
  void suspectsNobodyWhoWasNotAsked() {
    liveness.members(List.of(SELF, A), 0);
    assertThat(liveness.suspects(100 * SECOND)).isEmpty();
  }

  @Test
  void asksABoundedNumberAtOnceAndAllInTurn() {
    liveness.members(List.of(SELF, A, B), 0);
    List<NodeId> first = liveness.probes(1, 2 * SECOND);
    List<NodeId> second = liveness.probes(1, 2 * SECOND + 1);
    assertThat(first).hasSize(1);
    assertThat(second).hasSize(1).doesNotContainAnyElementsOf(first);
  }

  @Test
  void watchesTheNextThatLiveAndWhoeverDidNotAnswer() {
    List<NodeId> ring = Stream.of("p", "q", "r", "s", "t", "u").map(NodeId::new).toList();
    Liveness one = new Liveness(ring.get(4), SECOND, 3 * SECOND, 2);
    one.members(ring, 0);
    assertThat(one.probes(10, SECOND)).containsExactlyInAnyOrder(ring.get(5), ring.get(0));
    one.heard(ring.get(0), SECOND);
    one.asked(ring.get(3), SECOND);
    assertThat(one.probes(10, 2 * SECOND))
        .containsExactlyInAnyOrder(ring.get(5), ring.get(0), ring.get(3));
    one.heard(ring.get(3), 2 * SECOND);
    one.heard(ring.get(0), 2 * SECOND);
    assertThat(one.suspects(3 * SECOND)).containsExactly(ring.get(5));
    // The next one takes its place, and it is asked on.
    assertThat(one.probes(10, 3 * SECOND))
        .containsExactlyInAnyOrder(ring.get(5), ring.get(0), ring.get(1));
    assertThat(one.suspect(ring.get(2))).isTrue();
    assertThat(one.suspect(ring.get(2))).isFalse();
    one.pardon();
    assertThat(one.suspects(100 * SECOND)).isEmpty();
  }

  @Test
  void forgetsWhoIsNoMemberAnyMore() {
    liveness.members(List.of(SELF, A), 0);
    liveness.members(List.of(SELF), SECOND);
    liveness.heard(A, SECOND);
    assertThat(liveness.silenceNanos(A, 2 * SECOND)).isNegative();
    assertThat(liveness.probes(10, 100 * SECOND)).isEmpty();
  }
}

package io.godwit.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.core.NodeId;
import java.util.List;
import org.junit.jupiter.api.Test;

class LivenessTest {
  private static final long SECOND = 1_000_000_000L;
  private static final NodeId SELF = new NodeId("self");
  private static final NodeId A = new NodeId("a");
  private static final NodeId B = new NodeId("b");

  private final Liveness liveness = new Liveness(SELF, 2 * SECOND, 6 * SECOND);

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
  void forgetsWhoIsNoMemberAnyMore() {
    liveness.members(List.of(SELF, A), 0);
    liveness.members(List.of(SELF), SECOND);
    liveness.heard(A, SECOND);
    assertThat(liveness.silenceNanos(A, 2 * SECOND)).isNegative();
    assertThat(liveness.probes(10, 100 * SECOND)).isEmpty();
  }
}

package io.godwit.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.core.NodeId;
import io.godwit.node.cluster.Hearsay.Rumour;
import io.godwit.policy.load.LoadMessage;
import io.godwit.policy.load.LoadRecord;
import io.godwit.policy.load.NodeLoad;
import io.godwit.wire.proto.LoadNote;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FailureDetectorTest {
  private static final long SECOND = 1_000_000_000L;
  private static final NodeId A = new NodeId("a");
  private static final NodeId B = new NodeId("b");
  private static final NodeId C = new NodeId("c");
  private static final List<NodeId> ALL = List.of(A, B, C);

  private final FailureDetector a = new FailureDetector(A, 0);

  @Test
  void tellsTheDeathThatItHasFoundAndForgetsTheLoadOfTheDead() {
    a.look(ALL, 0);
    a.heard(B, 5, 0);
    a.heard(C, 6, 0);
    assertThat(a.look(ALL, 1600_000_000L)).as("it stood still: nobody is blamed").hasSize(2);
    a.heard(C, 6, 2 * SECOND);
    for (long now = 2 * SECOND; now <= 6 * SECOND; now += SECOND / 2) {
      a.heard(C, 6, now);
      a.look(ALL, now);
    }
    assertThat(a.silent(6 * SECOND)).containsExactly(B);
    LoadNote note = a.stamp(C, LoadNote.newBuilder()).build();
    assertThat(LoadCodec.rumours(note)).containsExactly(new Rumour(B, 5, true));
    LoadRecord old = new LoadRecord(B, NodeLoad.idle(1, 1, 1, Set.of()), 1, 0);
    LoadMessage told = new LoadMessage.Vector(C, 1, List.of(old), false);
    assertThat(a.believed(told).records()).isEmpty();
    assertThat(a.believed(new LoadMessage.Vector(B, 1, List.of(old), false)).records()).hasSize(1);
  }

  @Test
  void believesARumourUnlessItHasJustHeardTheNodeItself() {
    a.look(ALL, 0);
    a.heard(B, 5, 0);
    assertThat(a.told(List.of(new Rumour(B, 5, true)), SECOND)).isEmpty();
    assertThat(a.suspected(B)).isFalse();
    // It is asked, and when it does not answer the rumour was right.
    for (long now = SECOND; now <= 5 * SECOND; now += SECOND) {
      a.heard(C, 6, now);
      a.look(ALL, now);
      a.silent(now);
    }
    assertThat(a.suspected(B)).isTrue();
    assertThat(a.told(List.of(new Rumour(B, 6, false)), 6 * SECOND)).isEmpty();
    assertThat(a.suspected(B)).isFalse();
    assertThat(a.told(List.of(new Rumour(B, 6, true)), 6 * SECOND)).containsExactly(B);
    a.heard(B, 7, 7 * SECOND);
    assertThat(a.suspected(B)).isFalse();
  }

  @Test
  void deniesItsOwnDeath() {
    long before = a.incarnation();
    a.look(ALL, 0);
    a.told(List.of(new Rumour(A, before, true)), 0);
    assertThat(a.incarnation()).isEqualTo(before + 1);
    assertThat(LoadCodec.rumours(a.stamp(C, LoadNote.newBuilder()).build()))
        .containsExactly(new Rumour(A, before + 1, false));
  }
}

package io.godwit.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.core.NodeId;
import io.godwit.node.cluster.Hearsay.News;
import io.godwit.node.cluster.Hearsay.Rumour;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HearsayTest {
  private static final NodeId A = new NodeId("a");
  private static final NodeId B = new NodeId("b");
  private static final NodeId C = new NodeId("c");

  private final Hearsay a = new Hearsay(A, 10);

  @Test
  void aWordGoesRoundAndIsDeniedByWhomItIsAbout() {
    Hearsay b = new Hearsay(B, 20);
    Hearsay c = new Hearsay(C, 30);
    a.speaks(B, 20);
    a.dead(B);
    List<Rumour> told = a.tell(C);
    assertThat(told).containsExactly(new Rumour(B, 20, true));
    assertThat(c.take(told.getFirst())).isEqualTo(News.DEAD);
    assertThat(c.take(told.getFirst())).as("once").isEqualTo(News.NONE);
    assertThat(b.take(told.getFirst())).isEqualTo(News.NONE);
    assertThat(b.incarnation()).isEqualTo(21);
    Rumour denial = b.tell(C).getFirst();
    assertThat(denial).isEqualTo(new Rumour(B, 21, false));
    assertThat(c.take(denial)).isEqualTo(News.ALIVE);
    assertThat(c.take(told.getFirst())).as("out of date").isEqualTo(News.NONE);
    a.speaks(B, 21);
    assertThat(a.tell(C)).containsExactly(denial);
  }

  @Test
  void whoTellsWhatIsOutOfDateHearsWhatCameAfter() {
    a.take(new Rumour(B, 7, false));
    for (int i = 0; i < 100; i++) {
      a.tell(C);
    }
    assertThat(a.tell(C)).isEmpty();
    assertThat(a.take(new Rumour(B, 6, true))).isEqualTo(News.NONE);
    assertThat(a.tell(C)).containsExactly(new Rumour(B, 7, false));
  }

  @Test
  void whoIsCalledDeadIsToldSoHoweverOftenItWasTold() {
    a.dead(B);
    for (int i = 0; i < 100; i++) {
      assertThat(a.tell(B)).contains(new Rumour(B, 0, true));
    }
    assertThat(a.tell(C)).as("others have heard it often enough").isEmpty();
  }

  @Test
  void aNodeThatBeginsAgainIsMoreThanItsDeath() {
    a.speaks(B, 20);
    a.dead(B);
    a.speaks(B, 5);
    assertThat(a.take(new Rumour(B, 20, false))).isEqualTo(News.NONE);
    a.speaks(B, 2000);
    assertThat(a.take(new Rumour(B, 20, true))).isEqualTo(News.NONE);
    assertThat(a.tell(C)).containsExactly(new Rumour(B, 2000, false));
  }

  @Test
  void aNoteCarriesABoundedNumberAndAllAreToldInTurn() {
    int many = 3 * ClusterLimits.RUMOURS;
    for (int i = 0; i < many; i++) {
      a.dead(new NodeId("n" + i));
    }
    Set<Rumour> told = new HashSet<>();
    for (int i = 0; i < 3; i++) {
      List<Rumour> note = a.tell(C);
      assertThat(note).hasSize(ClusterLimits.RUMOURS);
      told.addAll(note);
    }
    assertThat(told).hasSize(many);
  }

  @Test
  void aThousandNodesHaveHeardAWordAfterAFewRounds() {
    SplittableRandom random = new SplittableRandom(3);
    List<NodeId> members = new ArrayList<>();
    List<Hearsay> nodes = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      members.add(new NodeId("n" + i));
      nodes.add(new Hearsay(members.get(i), 1));
    }
    nodes.forEach(each -> each.members(members));
    Set<Integer> heard = new HashSet<>(Set.of(0));
    nodes.getFirst().dead(members.get(999));
    int rounds = 0;
    while (heard.size() < 999 && rounds < 100) {
      rounds++;
      for (int i = 0; i < 999; i++) {
        int to = random.nextInt(999);
        for (Rumour rumour : nodes.get(i).tell(members.get(to))) {
          if (nodes.get(to).take(rumour) == News.DEAD) {
            heard.add(to);
          }
        }
      }
    }
    assertThat(rounds).isLessThan(20);
    int told = 1;
    for (int i = 0; i < 100 && told > 0; i++) {
      told = nodes.stream().mapToInt(each -> each.tell(A).size()).sum();
    }
    assertThat(told).as("no word is told for ever").isZero();
  }
}

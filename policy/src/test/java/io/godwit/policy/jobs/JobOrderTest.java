package io.godwit.policy.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.core.NodeId;
import io.godwit.policy.jobs.JobOrder.Plan;
import io.godwit.policy.jobs.JobOrder.Running;
import io.godwit.policy.jobs.JobOrder.Start;
import io.godwit.policy.jobs.JobOrder.Waiting;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JobOrderTest {
  private static final NodeId ALPHA = new NodeId("alpha");
  private static final NodeId BETA = new NodeId("beta");
  private static final Map<NodeId, Integer> CORES = Map.of(ALPHA, 2, BETA, 1);
  private static final int NOON = 12 * 60;
  private static final JobQueue NIGHT =
      new JobQueue("night", 5, 0, 0, 0, Hours.parse(List.of("20:00-06:00")));
  private static final JobQueue SHORT = new JobQueue("short", 10, 2, 3, 1, Hours.ALWAYS);
  private static final JobOrder ORDER =
      new JobOrder(Map.of("default", JobQueue.DEFAULT, "night", NIGHT, "short", SHORT));

  private static Plan plan(List<Waiting> waiting, List<Running> running, int minute) {
    return ORDER.plan(waiting, running, CORES, minute);
  }

  @Test
  void higherQueuesThenPoorerUsersThenOlderJobsComeFirst() {
    List<Waiting> waiting =
        List.of(
            new Waiting(1, "default", "ana"),
            new Waiting(2, "default", "ben"),
            new Waiting(3, "default", "ana"),
            new Waiting(4, "short", "ana"));
    Plan plan = plan(waiting, List.of(new Running("default", "ana", ALPHA)), NOON);
    assertThat(plan.starts()).extracting(Start::id).containsExactly(4L, 2L, 1L, 3L);
    assertThat(plan.waits()).isEmpty();
  }

  @Test
  void limitsOfUserAndQueueHoldAndSayWhy() {
    List<Running> two =
        List.of(new Running("short", "ana", ALPHA), new Running("short", "ana", null));
    Plan plan =
        plan(List.of(new Waiting(1, "short", "ana"), new Waiting(2, "short", "ben")), two, NOON);
    assertThat(plan.starts()).extracting(Start::id).containsExactly(2L);
    assertThat(plan.waits().get(1L)).isEqualTo("ana has 2 jobs running in queue short, the limit");
    List<Running> three = List.of(two.getFirst(), two.getLast(), new Running("short", "ben", null));
    assertThat(plan(List.of(new Waiting(2, "short", "ben")), three, NOON).waits().get(2L))
        .isEqualTo("queue short has 3 jobs running, its limit");
  }

  @Test
  void aNodeTakesAsManyAsTheQueueSaysOrItHasCores() {
    List<Running> running =
        List.of(new Running("default", "ana", BETA), new Running("short", "ana", ALPHA));
    Plan plan =
        plan(
            List.of(new Waiting(1, "default", "ana"), new Waiting(2, "short", "ana")),
            running,
            NOON);
    assertThat(plan.starts())
        .containsExactly(
            new Start(2, java.util.Set.of(ALPHA)), new Start(1, java.util.Set.of(BETA)));
    List<Running> all =
        List.of(
            new Running("default", "ana", BETA),
            new Running("default", "ana", ALPHA),
            new Running("default", "ben", ALPHA));
    assertThat(plan(List.of(new Waiting(1, "default", "ana")), all, NOON).waits().get(1L))
        .contains("no place left");
  }

  @Test
  void hoursOpenAndClose() {
    List<Waiting> one = List.of(new Waiting(1, "night", "ana"));
    assertThat(plan(one, List.of(), NOON).waits().get(1L)).contains("at this hour");
    assertThat(plan(one, List.of(), 20 * 60).starts()).hasSize(1);
    assertThat(plan(one, List.of(), 6 * 60 - 1).starts()).hasSize(1);
    assertThat(plan(one, List.of(), 6 * 60).starts()).isEmpty();
  }

  @Test
  void hoursKnowDaysAndGoRoundTheWeek() {
    int day = Hours.MINUTES_OF_DAY;
    Hours weekend = Hours.parse(List.of("sat-sun 0:00-24:00", "fri 22:00-02:00"));
    assertThat(weekend.open(4 * day + 21 * 60)).isFalse();
    assertThat(weekend.open(4 * day + 22 * 60)).isTrue();
    assertThat(weekend.open(6 * day + 23 * 60 + 59)).isTrue();
    assertThat(weekend.open(0)).isFalse();
    Hours sunday = Hours.parse(List.of("sun 23:00-01:00"));
    assertThat(sunday.open(30)).isTrue();
    assertThat(sunday.open(60)).isFalse();
    for (String bad :
        List.of("25:00-26:00", "8-9", "moon 8:00-9:00", "8:00-8:00", "", "8:61-9:00")) {
      assertThatThrownBy(() -> Hours.parse(List.of(bad)))
          .as(bad)
          .hasMessageContaining("no span of hours");
    }
  }

  @Test
  void aQueueThatIsGoneKeepsItsJobsWaiting() {
    assertThat(plan(List.of(new Waiting(1, "old", "ana")), List.of(), NOON).waits().get(1L))
        .contains("no queue 'old'");
  }
}

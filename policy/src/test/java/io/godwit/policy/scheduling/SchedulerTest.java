package io.godwit.policy.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.core.NodeId;
import io.godwit.policy.load.LoadRecord;
import io.godwit.policy.load.LoadView;
import io.godwit.policy.load.NodeLoad;
import io.godwit.policy.load.ProcessKey;
import io.godwit.policy.load.ProcessLoad;
import io.godwit.policy.scheduling.SchedulingEvent.Outcome;
import io.godwit.policy.scheduling.Thresholds.Initiation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SchedulerTest {
  private static final long SECOND = 1_000_000_000L;
  private static final NodeId SELF = new NodeId("self");
  private static final NodeId IDLE = new NodeId("idle");
  private static final NodeId BUSY = new NodeId("busy");

  private final List<ProcessLoad> processes = new ArrayList<>();
  private final List<LoadRecord> known = new ArrayList<>();
  private NodeLoad own = NodeLoad.idle(1, 1, 1L << 34, Set.of("x86_64"));

  private final LocalNode local =
      new LocalNode() {
        @Override
        public NodeId id() {
          return SELF;
        }

        @Override
        public NodeLoad load() {
          return own.withRunQueue(processes.size());
        }

        @Override
        public List<ProcessLoad> processes(long nowNanos) {
          return List.copyOf(processes);
        }
      };

  private final LoadView view =
      new LoadView() {
        @Override
        public List<LoadRecord> records(long nowNanos) {
          return known;
        }

        @Override
        public @Nullable LoadRecord find(NodeId node) {
          return known.stream().filter(r -> r.node().equals(node)).findFirst().orElse(null);
        }
      };

  @BeforeEach
  void neighbours() {
    known.add(record(IDLE, 0, 0));
    known.add(record(BUSY, 5, 0));
  }

  private static LoadRecord record(NodeId node, double runQueue, long taken) {
    NodeLoad load = NodeLoad.idle(1, 1, 1L << 34, Set.of("x86_64")).withRunQueue(runQueue);
    return new LoadRecord(node, load, 1, taken);
  }

  private static ProcessLoad process(int number, double ageSeconds) {
    return ProcessLoad.of(
        new ProcessKey(SELF, number), "cc", (long) (ageSeconds * 1e9), 60 * SECOND, 1 << 20);
  }

  private static ProcessLoad guest(int number) {
    return ProcessLoad.of(new ProcessKey(BUSY, number), "cc", 10 * SECOND, 60 * SECOND, 1 << 20);
  }

  private Scheduler scheduler(Initiation initiation, SelectionPolicy selection, Eviction eviction) {
    return new Scheduler(
        local,
        view,
        new SchedulingPolicies(
            Thresholds.of(initiation, 1, 1),
            selection,
            new Locations.LeastLoaded(),
            Stability.DEFAULT,
            Admission.OPEN,
            eviction,
            3),
        new FixedCost(SECOND / 2, 1e9),
        new SplittableRandom(1));
  }

  private Scheduler byAge() {
    return scheduler(Initiation.SENDER, new Selections.Age(0), Eviction.DEFAULT);
  }

  private static List<SchedulingEffect> decide(Scheduler scheduler, SchedulingEvent event) {
    List<SchedulingEffect> wanted = scheduler.on(event, SECOND);
    assertThat(wanted).hasSize(1).first().isInstanceOf(SchedulingEffect.WantCandidates.class);
    return scheduler.on(SchedulingEvent.ViewReady.READY, SECOND);
  }

  @Test
  void movesTheOldestWhenItsAgeIsAboveTheCost() {
    processes.add(process(1, 0.2));
    processes.add(process(2, 8));
    List<SchedulingEffect> effects = decide(byAge(), SchedulingEvent.Tick.TICK);
    assertThat(effects).hasSize(1);
    assertThat(effects.getFirst())
        .isInstanceOfSatisfying(
            SchedulingEffect.Migrate.class,
            m -> {
              assertThat(m.process().number()).isEqualTo(2);
              assertThat(m.to()).isEqualTo(IDLE);
              assertThat(m.decision().explanation())
                  .contains("age 8.00 s", "self:1", "the move costs", "busy: load 5.00");
            });
  }

  @Test
  void leavesTheYoungWhereTheyAreAndSaysWhy() {
    processes.add(process(1, 0.1));
    processes.add(process(2, 0.2));
    Scheduler scheduler = byAge();
    assertThat(decide(scheduler, SchedulingEvent.Tick.TICK)).isEmpty();
    assertThat(scheduler.log().about(new ProcessKey(SELF, 1)))
        .singleElement()
        .satisfies(d -> assertThat(d.kind()).isEqualTo(Decision.Kind.STAY));
  }

  @Test
  void ageCriterionIsTheOneOfThePaper() {
    // cost 2 s, n = 3, m = 1: the threshold is exactly one second of age.
    Move move = new Move(IDLE, 3, 1, 2 * SECOND);
    Selections.Age age = new Selections.Age(0);
    assertThat(age.rejects(process(1, 0.999), move)).isNotNull();
    assertThat(age.rejects(process(1, 1.001), move)).isNull();
  }

  @Test
  void doesNotFloodTheIdleNode() {
    for (int i = 0; i < 4; i++) {
      processes.add(process(i, 20));
    }
    Scheduler scheduler = byAge();
    int toIdle = 0;
    for (int i = 0; i < 4; i++) {
      for (SchedulingEffect effect : decide(scheduler, SchedulingEvent.Tick.TICK)) {
        if (effect instanceof SchedulingEffect.Migrate(ProcessKey key, NodeId to, Decision d)) {
          toIdle += to.equals(IDLE) ? 1 : 0;
          processes.removeIf(p -> p.key().equals(key));
        }
      }
      if (processes.size() < 2) {
        break;
      }
    }
    assertThat(toIdle).as("two here, two there: the record says idle all the time").isEqualTo(2);
  }

  @Test
  void leavesANodeThatRefusedAlone() {
    processes.add(process(1, 8));
    processes.add(process(2, 8));
    Scheduler scheduler = byAge();
    ProcessKey key =
        ((SchedulingEffect.Migrate) decide(scheduler, SchedulingEvent.Tick.TICK).getFirst())
            .process();
    scheduler.on(new SchedulingEvent.MigrationEnded(key, IDLE, Outcome.REFUSED, 0, 0), SECOND);
    assertThat(decide(scheduler, SchedulingEvent.Tick.TICK)).isEmpty();
    assertThat(scheduler.log().all().getLast().rejected())
        .anyMatch(r -> r.cause() == Rejection.Cause.BACKOFF);
  }

  @Test
  void staysForTheResidencyAndWithinTheMoveLimit() {
    ProcessLoad p = process(1, 8);
    ProcessLoad justCame =
        new ProcessLoad(
            p.key(), "cc", "", p.ageNanos(), SECOND / 2, 1, 0, 0, 0, 0, 1, Map.of(), true);
    assertThat(Stability.DEFAULT.holds(justCame))
        .isNotNull()
        .extracting(Rejection::cause)
        .isEqualTo(Rejection.Cause.RESIDENCY);
    ProcessLoad restless =
        new ProcessLoad(
            p.key(), "cc", "", p.ageNanos(), 60 * SECOND, 1, 0, 0, 0, 0, 8, Map.of(), true);
    assertThat(Stability.DEFAULT.holds(restless))
        .isNotNull()
        .extracting(Rejection::cause)
        .isEqualTo(Rejection.Cause.MOVE_LIMIT);
  }

  @Test
  void placesByTheSamePipelineAndHonoursTheExpression() {
    processes.add(process(1, 8));
    Scheduler scheduler =
        scheduler(Initiation.PLACEMENT, new Selections.Newest(), Eviction.DEFAULT);
    ProcessLoad fresh = process(9, 0);
    assertThat(
            decide(scheduler, new SchedulingEvent.PlacementWanted(fresh, ResourceExpression.ANY)))
        .singleElement()
        .isInstanceOfSatisfying(
            SchedulingEffect.Place.class, p -> assertThat(p.on()).isEqualTo(IDLE));
    ResourceExpression gpu = ResourceExpressionParser.parse("select[gpu]");
    ProcessLoad picky = process(10, 0);
    assertThat(decide(scheduler, new SchedulingEvent.PlacementWanted(picky, gpu))).isEmpty();
    known.add(
        new LoadRecord(new NodeId("gpu1"), NodeLoad.idle(1, 1, 1L << 34, Set.of("gpu")), 1, 0));
    assertThat(decide(scheduler, SchedulingEvent.Tick.TICK))
        .singleElement()
        .isInstanceOfSatisfying(
            SchedulingEffect.Place.class, p -> assertThat(p.on().name()).isEqualTo("gpu1"));
  }

  @Test
  void receiverAsksTheBusiestThenGivesUp() {
    Scheduler scheduler = scheduler(Initiation.RECEIVER, new Selections.Newest(), Eviction.DEFAULT);
    List<SchedulingEffect> effects =
        decide(scheduler, new SchedulingEvent.Ended(new ProcessKey(SELF, 1)));
    assertThat(effects).containsExactly(new SchedulingEffect.AskForWork(BUSY));
    assertThat(scheduler.on(new SchedulingEvent.NoWork(BUSY), SECOND)).isEmpty();
  }

  @Test
  void givesWorkToWhoAsksIfItHasMoreThanItNeeds() {
    Scheduler scheduler = scheduler(Initiation.RECEIVER, new Selections.Newest(), Eviction.DEFAULT);
    SchedulingEvent asks =
        new SchedulingEvent.WorkWanted(IDLE, NodeLoad.idle(1, 1, 1L << 34, Set.of()));
    processes.add(process(1, 8));
    assertThat(scheduler.on(asks, SECOND)).containsExactly(new SchedulingEffect.TellNoWork(IDLE));
    processes.add(process(2, 8));
    assertThat(scheduler.on(asks, SECOND))
        .singleElement()
        .isInstanceOf(SchedulingEffect.Migrate.class);
  }

  @Test
  void evictsGuestsAtOnceAndOnlyGuests() {
    processes.add(process(1, 8));
    processes.add(guest(2));
    processes.add(guest(3));
    List<SchedulingEffect> effects = byAge().on(new SchedulingEvent.OwnerReturned(), SECOND);
    assertThat(effects)
        .hasSize(2)
        .allSatisfy(
            e ->
                assertThat(e)
                    .isInstanceOfSatisfying(
                        SchedulingEffect.Migrate.class,
                        m -> {
                          assertThat(m.process().home()).isEqualTo(BUSY);
                          assertThat(m.decision().kind()).isEqualTo(Decision.Kind.EVICT);
                        }));
  }

  @Test
  void suspendsFirstWhereThatIsTheHabit() {
    processes.add(guest(2));
    Scheduler scheduler =
        scheduler(
            Initiation.SENDER,
            new Selections.Age(0),
            new Eviction(Eviction.Where.HOME, 10 * SECOND));
    assertThat(scheduler.on(new SchedulingEvent.OwnerReturned(), SECOND))
        .singleElement()
        .isInstanceOf(SchedulingEffect.Suspend.class);
    assertThat(scheduler.on(SchedulingEvent.Tick.TICK, 5 * SECOND)).isEmpty();
    assertThat(scheduler.on(SchedulingEvent.Tick.TICK, 12 * SECOND))
        .singleElement()
        .isInstanceOfSatisfying(
            SchedulingEffect.Migrate.class, m -> assertThat(m.to()).isEqualTo(BUSY));
  }

  @Test
  void drainsEverythingAndReportsWhatCannotLeave() {
    processes.add(process(1, 0.1));
    ProcessLoad stuck =
        new ProcessLoad(new ProcessKey(SELF, 7), "db", "", 1, 1, 1, 0, 0, 0, 0, 0, Map.of(), false);
    processes.add(stuck);
    Scheduler scheduler = byAge();
    // One moves; for the other it asks whether anybody else could take it.
    assertThat(scheduler.on(new SchedulingEvent.Drain(), SECOND))
        .hasExactlyElementsOfTypes(
            SchedulingEffect.Migrate.class, SchedulingEffect.WantCandidates.class);
    assertThat(scheduler.log().about(stuck.key()))
        .anyMatch(
            d -> d.rejected().stream().anyMatch(r -> r.cause() == Rejection.Cause.NOT_MOVABLE));
    processes.clear();
    List<SchedulingEffect> effects =
        scheduler.on(
            new SchedulingEvent.MigrationEnded(new ProcessKey(SELF, 1), IDLE, Outcome.DONE, 1, 1),
            2 * SECOND);
    assertThat(effects).containsExactly(new SchedulingEffect.Drained());
    assertThat(scheduler.on(SchedulingEvent.Tick.TICK, 3 * SECOND)).isEmpty();
  }

  @Test
  void refusesWhatItCannotTakeAndCountsWhatIsOnItsWay() {
    Scheduler scheduler = byAge();
    for (int i = 0; i < 4; i++) {
      assertThat(scheduler.on(new SchedulingEvent.AdmissionAsked(BUSY, guest(i)), SECOND))
          .singleElement()
          .isInstanceOf(SchedulingEffect.Admit.class);
    }
    assertThat(scheduler.promised()).isEqualTo(4);
    assertThat(scheduler.on(new SchedulingEvent.AdmissionAsked(BUSY, guest(9)), SECOND))
        .singleElement()
        .isInstanceOf(SchedulingEffect.Refuse.class);
    scheduler.on(new SchedulingEvent.Withdrawn(guest(0).key()), SECOND);
    assertThat(scheduler.on(new SchedulingEvent.AdmissionAsked(BUSY, guest(9)), SECOND))
        .singleElement()
        .isInstanceOf(SchedulingEffect.Admit.class);
  }

  @Test
  void fairnessTakesFromTheRichForOneWhoWaits() {
    FairAllocator fair = new FairAllocator();
    for (int i = 0; i < 6; i++) {
      fair.on(new FairAllocator.Event.Idle(new NodeId("w" + i)), 0);
    }
    fair.on(new FairAllocator.Event.Wants("ann", 100), 0);
    assertThat(fair.has("ann")).isEqualTo(6);
    List<FairAllocator.Effect> effects = fair.on(new FairAllocator.Event.Wants("bob", 100), 0);
    assertThat(fair.has("ann")).isEqualTo(3);
    assertThat(fair.has("bob")).isEqualTo(3);
    assertThat(effects).hasSize(6);
    fair.on(new FairAllocator.Event.Wants("bob", 0), 0);
    assertThat(fair.has("ann")).isEqualTo(6);
  }

  @Test
  void measuredCostLearnsFixedPartAndRate() {
    MeasuredCost cost = new MeasuredCost(SECOND, 1e6);
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 50; i++) {
      long bytes = random.nextLong(1 << 20, 1 << 28);
      cost.observe(IDLE, bytes, (long) (5e6 + bytes / 5e8 * 1e9));
    }
    ProcessLoad p = ProcessLoad.of(new ProcessKey(SELF, 1), "cc", SECOND, SECOND, 500_000_000);
    assertThat(cost.costNanos(p, IDLE) / 1e9).isBetween(0.95, 1.06);
  }
}

package io.godwit.policy.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StrategiesTest {
  private static final int PAGES = 600;

  /**
   * A process whose pages hold version numbers, moved by a strategy: what it reads at the
   * destination must be what it last wrote, whatever the order of writes, arrivals and faults.
   */
  private static final class World {
    final SplittableRandom random;
    final TransferStrategy strategy;
    final int[] source = new int[PAGES];
    final int[] file = new int[PAGES];
    final Map<Integer, Integer> store = new HashMap<>();
    final Map<Integer, Integer> destination = new HashMap<>();
    final TreeSet<Long> dirty = new TreeSet<>();
    final Deque<Runnable> inFlight = new ArrayDeque<>();
    boolean frozen;
    boolean resumed;
    boolean completed;
    int resumes;
    int completions;

    World(String name, long seed) {
      random = new SplittableRandom(seed);
      strategy = TransferStrategies.create(name, StopRule.DEFAULT, 4096).orElseThrow();
    }

    void run() {
      PageSet resident = PageSet.range(0, PAGES);
      PageSet differing = PageSet.EMPTY;
      PageSet held = PageSet.EMPTY;
      for (int page = 0; page < PAGES; page++) {
        file[page] = 1;
        source[page] = 1;
        if (random.nextInt(3) > 0) {
          source[page] = 2;
          differing = differing.plus(PageSet.range(page, page + 1));
        }
        if (random.nextInt(10) == 0) {
          destination.put(page, source[page]);
          held = held.plus(PageSet.range(page, page + 1));
        }
      }
      carryOut(strategy.on(new TransferEvent.Started(resident, differing, held), 0));
      for (int step = 1; step < 4000 && !(completed && inFlight.isEmpty()); step++) {
        if (!frozen && random.nextInt(4) == 0) {
          write();
        }
        if (!frozen && random.nextInt(200) == 0) {
          carryOut(strategy.on(new TransferEvent.FreezeDemanded(), step));
        }
        if (resumed && random.nextBoolean()) {
          touch(random.nextInt(PAGES), step);
        }
        if (!inFlight.isEmpty()) {
          inFlight.removeFirst().run();
          carryOut(strategy.on(new TransferEvent.Sent(4096, 1000), step));
        }
      }
    }

    private void write() {
      int page = random.nextInt(PAGES);
      source[page]++;
      dirty.add((long) page);
    }

    private PageSet takeDirty() {
      PageSet set = PageSet.EMPTY;
      for (long page : dirty) {
        set = set.plus(PageSet.range(page, page + 1));
      }
      dirty.clear();
      return set;
    }

    private void carryOut(List<TransferEffect> effects) {
      for (TransferEffect effect : effects) {
        switch (effect) {
          // Pages are read when they are sent, and arrive later.
          case TransferEffect.Send(PageSet pages, TransferEffect.Urgency urgency) -> {
            Map<Integer, Integer> content = read(pages);
            Runnable arrival = () -> arrive(content);
            if (urgency == TransferEffect.Urgency.FAULT) {
              inFlight.addFirst(arrival);
            } else {
              inFlight.addLast(arrival);
            }
          }
          case TransferEffect.Store(PageSet pages) -> {
            Map<Integer, Integer> content = read(pages);
            inFlight.addLast(() -> store.putAll(content));
          }
          case TransferEffect.Fetch(PageSet pages) ->
              pages(pages).forEach(p -> destination.putIfAbsent(p, store.get(p)));
          case TransferEffect.ReadFile(PageSet pages) ->
              pages(pages).forEach(p -> destination.putIfAbsent(p, file[p]));
          case TransferEffect.Scan scan ->
              carryOut(strategy.on(new TransferEvent.Scanned(takeDirty()), 50));
          case TransferEffect.Freeze freeze -> {
            assertThat(frozen).isFalse();
            frozen = true;
            carryOut(
                strategy.on(new TransferEvent.Frozen(takeDirty(), PageSet.range(100, 120)), 60));
          }
          case TransferEffect.Resume resume -> {
            assertThat(frozen).isTrue();
            resumes++;
            resumed = true;
            // Older content of what is still to come must not be seen.
            pages(strategy.residual()).forEach(destination::remove);
            carryOut(strategy.on(new TransferEvent.Resumed(), 70));
          }
          case TransferEffect.Complete complete -> {
            completions++;
            completed = true;
          }
          case TransferEffect.Abandon abandon -> throw new AssertionError(abandon.why());
        }
      }
    }

    private void arrive(Map<Integer, Integer> content) {
      if (resumed) {
        content.forEach(destination::putIfAbsent);
      } else {
        destination.putAll(content);
      }
    }

    private Map<Integer, Integer> read(PageSet pages) {
      Map<Integer, Integer> content = new HashMap<>();
      pages(pages).forEach(p -> content.put(p, source[p]));
      return content;
    }

    void touch(int page, long now) {
      if (destination.containsKey(page)) {
        assertThat(destination.get(page)).as("page " + page).isEqualTo(source[page]);
      } else {
        carryOut(strategy.on(new TransferEvent.Fault(page), now));
      }
    }
  }

  private static List<Integer> pages(PageSet set) {
    List<Integer> pages = new ArrayList<>();
    for (int i = 0; i < set.ranges(); i++) {
      for (long page = set.start(i); page < set.end(i); page++) {
        pages.add((int) page);
      }
    }
    return pages;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"eager", "eager-dirty", "precopy", "copy-on-reference", "flushing", "hybrid"})
  void everyPageArrivesAsItWasLastWritten(String name) {
    for (int seed = 0; seed < 40; seed++) {
      World world = new World(name, seed);
      world.run();
      assertThat(world.resumes).as(name + " resumes").isEqualTo(1);
      assertThat(world.completions).as(name + " completes").isEqualTo(1);
      for (int round = 0; round < 3; round++) {
        for (int page = 0; page < PAGES; page++) {
          world.touch(page, 100);
        }
        while (!world.inFlight.isEmpty()) {
          world.inFlight.removeFirst().run();
          world.strategy.on(new TransferEvent.Sent(1, 1), 100);
        }
      }
      for (int page = 0; page < PAGES; page++) {
        assertThat(world.destination.get(page)).as(name + " page").isEqualTo(world.source[page]);
      }
      assertThat(world.strategy.residual()).isEqualTo(PageSet.EMPTY);
    }
  }

  @Test
  void lossOfTheSourceEndsWhatStillDependsOnIt() {
    CopyOnReference strategy = new CopyOnReference(0);
    PageSet all = PageSet.range(0, 10);
    strategy.on(new TransferEvent.Started(all, all, PageSet.EMPTY), 0);
    strategy.on(new TransferEvent.Frozen(PageSet.EMPTY, PageSet.EMPTY), 0);
    assertThat(strategy.on(new TransferEvent.Lost(), 0)).as("not yet committed").isEmpty();
    strategy.on(new TransferEvent.Resumed(), 0);
    assertThat(strategy.residual().size()).isEqualTo(10);
    assertThat(strategy.on(new TransferEvent.Lost(), 0))
        .singleElement()
        .isInstanceOf(TransferEffect.Abandon.class);
  }

  @Test
  void stopRuleWeighsWritingAgainstTheLink() {
    StopRule rule = StopRule.DEFAULT;
    long mib = 1 << 20;
    assertThat(rule.stop(progress(1, mib, 1e9, 0))).contains("goes in");
    assertThat(rule.stop(progress(1, 900 * mib, 1e9, 0))).isNull();
    assertThat(rule.stop(progress(2, 900 * mib, 1e9, 2e9))).contains("it writes");
    assertThat(rule.stop(progress(16, 900 * mib, 1e9, 0))).contains("last allowed");
  }

  private static StopRule.Progress progress(int round, long dirty, double link, double writes) {
    return new StopRule.Progress(round, dirty, Long.MAX_VALUE, 1 << 30, 1 << 30, link, writes, 0);
  }

  @Test
  void precopyOfAQuietProcessTakesTwoRounds() {
    Precopy precopy = new Precopy(StopRule.DEFAULT, 4096);
    PageSet all = PageSet.range(0, 262_144);
    precopy.on(new TransferEvent.Started(all, all, PageSet.EMPTY), 0);
    long second = 1_000_000_000L;
    assertThat(precopy.on(new TransferEvent.Sent(1L << 30, second), second))
        .containsExactly(new TransferEffect.Scan());
    // 16384 pages take 64 ms: one more round.
    assertThat(precopy.on(new TransferEvent.Scanned(PageSet.range(0, 16_384)), second))
        .hasSize(1)
        .first()
        .isInstanceOf(TransferEffect.Send.class);
    precopy.on(new TransferEvent.Sent(1L << 26, second / 16), second + second / 16);
    assertThat(precopy.on(new TransferEvent.Scanned(PageSet.range(0, 100)), second + second / 16))
        .singleElement()
        .isInstanceOf(TransferEffect.Freeze.class);
    assertThat(precopy.rounds()).isEqualTo(2);
  }

  @Test
  void readAheadGrowsOnASweepAndShrinksOnRandomAccess() {
    ReadAhead sweep = new ReadAhead();
    long page = 1000;
    int faults = 0;
    while (page < 101_000) {
      PageSet brought = sweep.on(page);
      page = brought.end(0);
      faults++;
    }
    assertThat(faults).isLessThan(220);
    assertThat(sweep.window()).isEqualTo(ReadAhead.MAX_PAGES);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 20; i++) {
      sweep.on(1_000_000 + random.nextLong(1L << 40));
    }
    assertThat(sweep.window()).isEqualTo(1);
  }

  @Test
  void readAheadFollowsASweepDownwards() {
    ReadAhead sweep = new ReadAhead();
    sweep.on(10_000);
    PageSet second = sweep.on(9_999);
    assertThat(second.end(0)).isEqualTo(10_000);
    assertThat(second.size()).isGreaterThan(8);
    assertThat(sweep.on(second.start(0) - 1).size()).isGreaterThan(second.size());
  }
}

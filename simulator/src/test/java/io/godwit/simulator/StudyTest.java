package io.godwit.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.core.GodwitException;
import io.godwit.policy.profile.Profile;
import io.godwit.policy.profile.ProfileText;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StudyTest {
  private static final long MINUTE = 60_000_000_000L;

  private static SimulationOptions small(String workload, String... policies) {
    return SimulationOptions.DEFAULT
        .withPolicies(List.of(policies))
        .withCluster(8, workload, 0.6, 1, 5 * MINUTE)
        .withCost(new SimulationOptions.Cost(10_000_000L, 1e9, 1_000_000));
  }

  static List<String> bundled() {
    return Profiles.BUNDLED;
  }

  @ParameterizedTest
  @MethodSource("bundled")
  void everyProfileRunsAndLosesNothing(String name) {
    Profile profile = Profiles.find(name);
    assertThat(ProfileText.render(profile)).startsWith(name + ": ");
    Study study = Study.run(small("lifetimes", "none", name));
    assertThat(study.of(name).processes()).isEqualTo(study.of("none").processes());
    assertThat(study.of(name).unfinished()).isZero();
  }

  @Test
  void sameSeedSameResult() {
    SimulationOptions options = small("bursty", "age", "gossip-age", "symmetric");
    assertThat(Study.run(options).results()).isEqualTo(Study.run(options).results());
    assertThat(Study.run(options.withSeed(2)).results()).isNotEqualTo(Study.run(options).results());
  }

  @Test
  void senderIsBetterAtLowLoadAndReceiverAtHighLoad() {
    SimulationOptions options =
        small("exponential", "none", "sender", "receiver")
            .withCluster(20, "exponential", 0.5, 1, 15 * MINUTE);
    Sweep sweep = Sweep.overLoads(options, List.of(0.5, 0.95));
    Study low = sweep.studies().get(0);
    Study high = sweep.studies().get(1);
    assertThat(low.of("sender").meanResponseSeconds())
        .isLessThan(low.of("receiver").meanResponseSeconds());
    assertThat(high.of("receiver").meanResponseSeconds())
        .isLessThan(high.of("sender").meanResponseSeconds());
    assertThat(high.of("sender").meanResponseSeconds())
        .isLessThan(high.of("none").meanResponseSeconds());
  }

  @Test
  void ageBeatsPlacementByNameOnHeavyTails() {
    Study study = Study.run(small("lifetimes", "none", "names", "age"));
    assertThat(study.of("age").meanDelaySeconds()).isLessThan(study.of("names").meanDelaySeconds());
    assertThat(study.of("names").meanDelaySeconds())
        .isLessThan(1.05 * study.of("none").meanDelaySeconds());
  }

  @Test
  void noProcessIsLostWithOwnersAndFailures() {
    Study study =
        Study.run(
            small("lifetimes", "sprite", "gossip-age")
                .withDisturbances(new SimulationOptions.Disturbances(1, 100)));
    for (Result result : study.results()) {
      assertThat(result.unfinished()).isZero();
    }
  }

  @Test
  void talkingProcessesComeTogether() {
    SimulationOptions options =
        small("groups", "age", "affinity").withCluster(8, "groups", 0.3, 10, 10 * MINUTE);
    Study study = Study.run(options);
    assertThat(study.of("affinity").meanResponseSeconds())
        .isLessThan(study.of("age").meanResponseSeconds());
  }

  @Test
  void gossipTrafficDoesNotGrowWithTheCluster() {
    SimulationOptions options =
        small("lifetimes", "gossip-age").withCluster(100, "lifetimes", 0.3, 10, 2 * MINUTE);
    Sweep sweep = Sweep.overNodes(options, List.of(100, 1000));
    double small = sweep.studies().get(0).of("gossip-age").loadBytesPerNodeSecond();
    double large = sweep.studies().get(1).of("gossip-age").loadBytesPerNodeSecond();
    assertThat(large).isBetween(0.9 * small, 1.1 * small);
  }

  @Test
  void eventsOfOneInstantComeInOrder() {
    EventQueue queue = new EventQueue();
    List<Integer> seen = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(9);
    for (int i = 0; i < 3000; i++) {
      int number = i;
      queue.at(random.nextInt(50), now -> seen.add((int) now * 10_000 + number));
    }
    queue.runUntil(Long.MAX_VALUE);
    assertThat(seen).hasSize(3000).isSorted();
  }

  @Test
  void generatedLifetimesHaveTheMeasuredTail() {
    SplittableRandom random = new SplittableRandom(4);
    double least = Workloads.leastFor(1);
    int over1 = 0;
    int over2 = 0;
    for (int i = 0; i < 200_000; i++) {
      double life = Workloads.lifetime(random, least);
      over1 += life > 1 ? 1 : 0;
      over2 += life > 2 ? 1 : 0;
    }
    // P(L > 2T) / P(L > T) = 1/2 for k = -1.
    assertThat((double) over2 / over1).isBetween(0.47, 0.53);
  }

  @Test
  void tracesAreReadInAnyOrderAndDamageIsNamed(@TempDir Path dir) throws Exception {
    Path trace = dir.resolve("trace.csv");
    Files.writeString(
        trace, "minute,second,host,cpu,program\n1,0.5,1,2.5,cc\n0,3.0,0,10,make\n0,3.1,0,10,cc\n");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StudyCommand.run(
        List.of("--trace", trace.toString(), "--compare", "none,age", "--json"),
        new PrintStream(out, true, StandardCharsets.UTF_8));
    String[] lines = out.toString(StandardCharsets.UTF_8).strip().split("\n");
    assertThat(lines[lines.length - 1])
        .startsWith("{\"policies\":[{\"policy\":\"none\",\"meanDelaySeconds\":")
        .contains("\"slowedOver3\":", "\"migrations\":1");
    Files.writeString(trace, "heading\n0,1,0,x,cc\n");
    assertThatThrownBy(() -> TraceReader.read(trace))
        .isInstanceOf(GodwitException.class)
        .hasMessageContaining("line 2");
  }

  @Test
  void chartsAreDrawn(@TempDir Path dir) {
    Path bars = dir.resolve("bars.png");
    Study.run(small("hotspot", "none", "age")).chart(bars);
    assertThat(bars).exists();
    assertThatThrownBy(
            () ->
                StudyCommand.run(
                    List.of("--nods", "3"),
                    new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8)))
        .isInstanceOf(GodwitException.class)
        .hasMessageContaining("did you mean --nodes?");
  }
}

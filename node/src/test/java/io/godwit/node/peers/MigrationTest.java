package io.godwit.node.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.godwit.core.Epoch;
import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.core.control.MoveWishes;
import io.godwit.node.NodeError;
import io.godwit.node.migration.MigrationObserver;
import io.godwit.node.migration.MigrationResult;
import io.godwit.node.migration.Phase;
import io.godwit.node.migration.PhaseGate;
import io.godwit.node.migration.TransferStrategy;
import io.godwit.wire.proto.FileRequirement;
import io.godwit.wire.proto.Requirements;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Two real nodes on 127.0.0.1 with processes that are only data. */
class MigrationTest {
  private static final String POD = "walker";
  private static final byte[] MEMORY = new byte[3_000_001];

  static {
    new Random(5).nextBytes(MEMORY);
  }

  @TempDir Path directory;
  private final FakeMachine.World world = new FakeMachine.World();
  private TestNode alpha;
  private TestNode beta;

  @BeforeEach
  void start() {
    alpha = new TestNode("alpha", directory, world).enter(null);
    beta = new TestNode("beta", directory, world).enter(alpha);
    await("alpha hears beta", () -> alpha.link().heard(beta.name).isPresent());
    await("beta hears alpha", () -> beta.link().heard(alpha.name).isPresent());
    alpha.run(POD, MEMORY.clone());
  }

  @AfterEach
  void stop() {
    alpha.close();
    beta.close();
    assertThat(world.doubled()).isNull();
  }

  private MigrationResult move(TestNode from, TestNode to) throws InterruptedException {
    return from.link().move(POD, to.name, "", MigrationObserver.NONE);
  }

  private MigrationResult move(TestNode from, TestNode to, TransferStrategy strategy)
      throws InterruptedException {
    return from.link().move(POD, to.name, strategy.title(), MigrationObserver.NONE);
  }

  private void restart(TestNode node, PhaseGate gate) {
    node.close();
    node.start(gate);
    await(
        "the nodes hear each other again",
        () ->
            alpha.link().heard(beta.name).isPresent() && beta.link().heard(alpha.name).isPresent());
  }

  private TestNode owner() {
    boolean here = alpha.machine.instance(POD) != null && alpha.machine.instance(POD).runs();
    boolean there = beta.machine.instance(POD) != null && beta.machine.instance(POD).runs();
    return here == there ? null : here ? alpha : beta;
  }

  private void assertRunsOnlyOn(TestNode node) {
    await("one instance runs", () -> world.running(POD) == 1 && owner() == node);
    // The source hears that it runs before the destination has written it down.
    await("it is known there", () -> node.owned.containsKey(POD));
    TestNode other = node == alpha ? beta : alpha;
    await("the other is gone", () -> other.machine.instance(POD) == null);
    // What it left in a page store comes after its source is gone.
    await("it has its memory", () -> Arrays.equals(node.machine.instance(POD).memory, MEMORY));
  }

  @Test
  void aProcessGoesAndComesBackManyTimes() throws Exception {
    long epoch = 1;
    for (int i = 0; i < 10; i++) {
      MigrationResult there = move(alpha, beta);
      assertThat(there.epoch()).isEqualTo(new Epoch(++epoch));
      assertThat(there.bytes()).isGreaterThanOrEqualTo(MEMORY.length);
      assertRunsOnlyOn(beta);
      MigrationResult back = move(beta, alpha);
      assertThat(back.epoch()).isEqualTo(new Epoch(++epoch));
      assertRunsOnlyOn(alpha);
    }
  }

  @ParameterizedTest
  @EnumSource(TransferStrategy.class)
  void aProcessGoesAndComesBackUnderEachStrategy(TransferStrategy strategy) throws Exception {
    for (int i = 0; i < 3; i++) {
      MigrationResult there = move(alpha, beta, strategy);
      if (strategy.follows()) {
        assertThat(there.freezeBytes()).isLessThan(MEMORY.length / 2);
      }
      assertRunsOnlyOn(beta);
      move(beta, alpha, strategy);
      assertRunsOnlyOn(alpha);
    }
    assertThat(alpha.machine.trackers()).isZero();
    assertThat(beta.machine.trackers()).isZero();
  }

  @ParameterizedTest
  @EnumSource(TransferStrategy.class)
  void whatCannotBeSentWhileItRunsGoesInTheFreeze(TransferStrategy strategy) throws Exception {
    alpha.machine.early = false;
    move(alpha, beta, strategy);
    assertRunsOnlyOn(beta);
  }

  @Test
  void whereNoPagesCanFollowItGoesAtOnce() throws Exception {
    beta.following = false;
    restart(beta, PhaseGate.OPEN);
    MigrationResult result = move(alpha, beta, TransferStrategy.HYBRID);
    assertThat(result.strategy()).isEqualTo(TransferStrategy.EAGER);
    assertThat(result.remark()).contains("beta").contains("hybrid");
    assertThat(result.freezeBytes()).isGreaterThanOrEqualTo(MEMORY.length);
    assertRunsOnlyOn(beta);
    // The other way they can.
    assertThat(move(beta, alpha, TransferStrategy.HYBRID).remark()).isEmpty();
    assertRunsOnlyOn(alpha);
  }

  @ParameterizedTest
  @EnumSource(TransferStrategy.class)
  void aMigrationKeepsToItsBandwidth(TransferStrategy strategy) throws Exception {
    long bandwidth = 4L << 20;
    long began = System.nanoTime();
    alpha
        .link()
        .move(
            POD,
            beta.name,
            strategy.title(),
            new MoveWishes(true, bandwidth, 0),
            MigrationObserver.NONE);
    double seconds = (System.nanoTime() - began) / 1e9;
    // What goes last is counted, but nobody waits for it; half may be asked for by the process.
    assertThat(seconds).isGreaterThan(MEMORY.length / 3.0 / bandwidth);
    assertRunsOnlyOn(beta);
  }

  @Test
  void aStrategyOfNoNameIsRefused() {
    assertFails(
        NodeError.MIGRATION_REFUSED,
        () -> alpha.link().move(POD, beta.name, "hopeful", MigrationObserver.NONE));
    assertRunsOnlyOn(alpha);
  }

  @Test
  void thePhasesComeInTheOrderOfFigure3() throws Exception {
    List<Phase> seen = new ArrayList<>();
    alpha
        .link()
        .move(
            POD,
            beta.name,
            "eager",
            (phase, bytes, expected, elapsed) -> {
              if (seen.isEmpty() || seen.getLast() != phase) {
                seen.add(phase);
              }
            });
    assertThat(seen).containsExactly(Phase.values());
  }

  @Test
  void withoutEncryptionToo() throws Exception {
    alpha.encrypt = false;
    restart(alpha, PhaseGate.OPEN);
    move(alpha, beta);
    assertRunsOnlyOn(beta);
  }

  @Test
  void aRefusalNamesEveryCauseAndDisturbsNothing() throws Exception {
    Path differs = Files.writeString(directory.resolve("library.so"), "one");
    Files.setLastModifiedTime(differs, FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
    alpha.machine.require(
        Requirements.newBuilder()
            .setArchitecture("x86_64")
            .addCpuFeatures("flying")
            .addKernelFeatures("hovering")
            .setMemoryBytes(1L << 60)
            .addFiles(
                FileRequirement.newBuilder()
                    .setPath("/no/such/executable")
                    .setRole("executable")
                    .setSize(1)
                    .setContentMatters(true))
            .addFiles(
                FileRequirement.newBuilder()
                    .setPath(differs.toString())
                    .setRole("library")
                    .setSize(4)
                    .setContentMatters(true))
            .build());
    assertThatExceptionOfType(GodwitException.class)
        .isThrownBy(() -> move(alpha, beta))
        .satisfies(
            e -> {
              assertThat(e.code()).isEqualTo(NodeError.MIGRATION_REFUSED);
              assertThat(e.why())
                  .contains("flying", "hovering", "MiB", "/no/such/executable", "library.so")
                  .contains("GW-NODE-023", "GW-NODE-024", "GW-NODE-025", "GW-NODE-029")
                  .contains("GW-NODE-030");
            });
    assertRunsOnlyOn(alpha);
  }

  @Test
  void aFileOfAnotherTimeIsComparedByItsContent() throws Exception {
    Path same = Files.writeString(directory.resolve("same"), "same");
    alpha.machine.require(
        Requirements.newBuilder()
            .setArchitecture("x86_64")
            .addFiles(
                FileRequirement.newBuilder()
                    .setPath(same.toString())
                    .setRole("library")
                    .setSize(4)
                    .setMtimeNanos(1)
                    .setContentMatters(true))
            .build());
    move(alpha, beta);
    assertRunsOnlyOn(beta);
  }

  @Test
  void anUnwillingNodeAndUnknownAndOwnNodesAreRefused() {
    beta.accept = false;
    restart(beta, PhaseGate.OPEN);
    assertFails(NodeError.MIGRATION_REFUSED, () -> move(alpha, beta));
    assertFails(NodeError.ALREADY_THERE, () -> move(alpha, alpha));
    assertFails(
        NodeError.UNKNOWN_NODE,
        () -> alpha.link().move(POD, new NodeId("gamma"), "", MigrationObserver.NONE));
    assertRunsOnlyOn(alpha);
  }

  @ParameterizedTest
  @CsvSource({
    "NEGOTIATE,SOURCE",
    "DETACH,SOURCE",
    "REDIRECT,SOURCE",
    "EXTRACT,SOURCE",
    "CREATE,SOURCE",
    "TRANSFER,SOURCE",
    "FORWARD,SOURCE",
    "NEGOTIATE,DESTINATION",
    "CREATE,DESTINATION",
    "TRANSFER,DESTINATION",
    "FORWARD,DESTINATION"
  })
  void aFailureBeforeTheCommitIsUndone(Phase phase, Phase.Side side) throws Exception {
    restart(side == Phase.Side.SOURCE ? alpha : beta, failing(phase, side));
    assertThatExceptionOfType(GodwitException.class)
        .isThrownBy(() -> move(alpha, beta, TransferStrategy.HYBRID))
        .satisfies(e -> assertThat(e.getMessage()).contains("struck by the test"));
    assertRunsOnlyOn(alpha);
    assertThat(alpha.machine.trackers()).isZero();
    move(alpha, beta);
    assertRunsOnlyOn(beta);
  }

  @ParameterizedTest
  @EnumSource(Phase.Side.class)
  void aFailureAfterTheCommitEndsAtTheDestination(Phase.Side side) throws Exception {
    restart(side == Phase.Side.SOURCE ? alpha : beta, failing(Phase.RESUME, side));
    move(alpha, beta);
    assertRunsOnlyOn(beta);
    move(beta, alpha);
    assertRunsOnlyOn(alpha);
  }

  @ParameterizedTest
  @EnumSource(Phase.class)
  void theDeathOfTheSourcesDaemonLeavesOneInstance(Phase phase) throws Exception {
    restart(alpha, dying(alpha, phase));
    moveAsFarAsItGoes();
    settle(alpha);
  }

  @ParameterizedTest
  @EnumSource(
      value = Phase.class,
      names = {"DETACH", "REDIRECT", "EXTRACT", "CREATE", "TRANSFER", "FORWARD", "RESUME"})
  void theDeathOfTheDestinationsDaemonLeavesOneInstance(Phase phase) throws Exception {
    AtomicBoolean once = new AtomicBoolean(true);
    restart(
        alpha,
        (at, side, pod) -> {
          if (at == phase && side == Phase.Side.SOURCE && once.getAndSet(false)) {
            beta.die();
          }
        });
    moveAsFarAsItGoes();
    settle(beta);
  }

  @ParameterizedTest
  @EnumSource(
      value = Phase.class,
      names = {"CREATE", "TRANSFER", "FORWARD", "RESUME"})
  void theDeathOfTheDestinationsDaemonInItsOwnPhases(Phase phase) throws Exception {
    restart(beta, dying(beta, phase));
    moveAsFarAsItGoes();
    settle(beta);
  }

  /** A daemon dies on the way: what the caller hears depends on the moment. */
  private void moveAsFarAsItGoes() throws InterruptedException {
    try {
      move(alpha, beta);
    } catch (GodwitException expected) {
      assertThat(expected.code().code()).isNotEqualTo(NodeError.MIGRATION_REFUSED.code());
    }
  }

  /** Starts the dead daemon again; then one instance runs and the next migration succeeds. */
  private void settle(TestNode dead) throws InterruptedException {
    assertThat(world.running(POD)).isLessThanOrEqualTo(1);
    dead.start(PhaseGate.OPEN);
    await(
        "the nodes hear each other again",
        () ->
            alpha.link().heard(beta.name).isPresent() && beta.link().heard(alpha.name).isPresent());
    await("one instance runs", () -> world.running(POD) == 1 && owner() != null);
    TestNode owner = owner();
    await("the owner knows", () -> owner == alpha || beta.owned.containsKey(POD));
    await("nothing is in doubt", () -> alpha.doubtful.isEmpty() && beta.doubtful.isEmpty());
    TestNode other = owner == alpha ? beta : alpha;
    FakeMachine.Instance leftover = other.machine.instance(POD);
    assertThat(leftover == null || !leftover.runs()).isTrue();
    move(owner, other);
    assertRunsOnlyOn(other);
  }

  private static PhaseGate failing(Phase phase, Phase.Side side) {
    AtomicBoolean once = new AtomicBoolean(true);
    return (at, on, pod) -> {
      if (at == phase && on == side && once.getAndSet(false)) {
        throw new GodwitException(
            NodeError.INTERNAL, "passing " + phase, "struck by the test", "none");
      }
    };
  }

  private static PhaseGate dying(TestNode node, Phase phase) {
    AtomicBoolean once = new AtomicBoolean(true);
    return (at, on, pod) -> {
      if (at == phase && once.getAndSet(false)) {
        node.die();
        throw new GodwitException(NodeError.STOPPING, "living", "killed by the test", "none");
      }
    };
  }

  private static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waiting until %s", what).isLessThan(deadline);
      Thread.onSpinWait();
      java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
    }
  }

  private static void assertFails(
      NodeError code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatExceptionOfType(GodwitException.class)
        .isThrownBy(call)
        .satisfies(e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }
}

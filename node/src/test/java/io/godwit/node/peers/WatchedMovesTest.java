package io.godwit.node.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.godwit.core.GodwitException;
import io.godwit.node.metrics.Exposition;
import io.godwit.node.metrics.PrometheusText;
import io.godwit.node.migration.MigrationObserver;
import io.godwit.node.migration.MigrationResult;
import io.godwit.node.migration.Phase;
import io.godwit.wire.proto.MoveStatus;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What those see of migrations who watch: lists, figures, and the flight recorder. */
class WatchedMovesTest {
  private static final String POD = "watched";
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  @TempDir Path directory;
  private final FakeMachine.World world = new FakeMachine.World();
  private TestNode alpha;
  private TestNode beta;

  @BeforeEach
  void start() {
    alpha = new TestNode("alpha", directory, world).enter(null);
    beta = new TestNode("beta", directory, world).enter(alpha);
    await("alpha hears beta", () -> alpha.link().heard(beta.name).isPresent());
    alpha.run(POD, new byte[1 << 20]);
  }

  @AfterEach
  void stop() {
    alpha.close();
    beta.close();
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waiting until %s", what).isLessThan(end);
      LockSupport.parkNanos(2_000_000);
    }
  }

  private static Map<String, Double> figures(TestNode node) {
    Exposition out = new Exposition();
    node.link().migrations().book().expose(out);
    return PrometheusText.parse(out.text());
  }

  @Test
  void aMoveIsListedCountedAndRecordedOnBothSides() throws Exception {
    Path file = directory.resolve("moves.jfr");
    MigrationResult result;
    boolean[] seen = new boolean[1];
    try (Recording recording = new Recording()) {
      recording.enable("io.godwit.Migration").withoutThreshold();
      recording.start();
      result =
          alpha
              .link()
              .move(
                  POD,
                  beta.name,
                  "eager",
                  (phase, bytes, expected, elapsed) -> {
                    if (phase == Phase.TRANSFER) {
                      MoveStatus now = alpha.link().migrations().book().recent().getLast();
                      seen[0] = now.getOutcome().equals("under way");
                    }
                  });
      String in = "godwit_migrations_total{direction=\"in\",strategy=\"eager\",result=\"done\"}";
      await("beta has counted it", () -> figures(beta).containsKey(in));
      recording.stop();
      recording.dump(file);
    }
    assertThat(seen[0]).isTrue();
    MoveStatus told = alpha.link().migrations().book().recent().getLast();
    assertThat(told.getPod()).isEqualTo(POD);
    assertThat(told.getOutcome()).isEqualTo("done");
    assertThat(told.getTo()).isEqualTo("beta");
    assertThat(told.getBytes()).isEqualTo(result.bytes());
    await(
        "beta is told of it",
        () -> beta.link().heard(alpha.name).stream().anyMatch(h -> h.getMovesCount() == 1));
    Map<String, Double> out = figures(alpha);
    assertThat(out)
        .containsEntry(
            "godwit_migrations_total{direction=\"out\",strategy=\"eager\",result=\"done\"}", 1.0)
        .containsEntry("godwit_migration_freeze_seconds_count{strategy=\"eager\"}", 1.0)
        .containsEntry("godwit_migration_phase_seconds_count{phase=\"source/transfer\"}", 1.0)
        .containsEntry("godwit_migration_bytes_total{direction=\"out\"}", (double) result.bytes());
    assertThat(figures(beta))
        .containsEntry("godwit_migration_phase_seconds_count{phase=\"destination/resume\"}", 1.0);
    List<RecordedEvent> events =
        RecordingFile.readAllEvents(file).stream()
            .filter(each -> each.getEventType().getName().equals("io.godwit.Migration"))
            .filter(each -> each.getString("pod").equals(POD))
            .toList();
    assertThat(events).extracting(e -> e.getString("direction")).contains("out", "in");
    RecordedEvent left =
        events.stream()
            .filter(e -> e.getString("direction").equals("out"))
            .findFirst()
            .orElseThrow();
    assertThat(left.getString("result")).isEqualTo("done");
    assertThat(left.getString("peer")).isEqualTo("beta");
    assertThat(left.getLong("bytes")).isEqualTo(result.bytes());
    assertThat(left.getDuration("freeze").toNanos()).isEqualTo(result.freezeNanos());
    assertThat(left.getDuration().toNanos()).isGreaterThanOrEqualTo(result.freezeNanos());
  }

  @Test
  void aFailureIsCountedByItsCode() {
    beta.close();
    beta.start(
        (phase, side, pod) -> {
          if (phase == Phase.TRANSFER) {
            throw new IllegalStateException("no room");
          }
        });
    await(
        "the nodes hear each other again",
        () ->
            alpha.link().heard(beta.name).isPresent() && beta.link().heard(alpha.name).isPresent());
    assertThatExceptionOfType(GodwitException.class)
        .isThrownBy(() -> alpha.link().move(POD, beta.name, "", MigrationObserver.NONE));
    MoveStatus told = alpha.link().migrations().book().recent().getLast();
    assertThat(told.getOutcome()).isEqualTo("undone");
    assertThat(told.getCode()).isEqualTo("GW-NODE-017");
    assertThat(told.getWhy()).isNotEmpty();
    assertThat(figures(alpha))
        .containsEntry("godwit_migration_failures_total{code=\"GW-NODE-017\"}", 1.0);
  }
}

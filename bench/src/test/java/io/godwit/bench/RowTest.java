package io.godwit.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import io.godwit.core.GodwitException;
import io.godwit.core.control.Progress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowTest {
  private static final Cell CELL = new Cell("hybrid", new Load(16, 8, 10, 64, 200));

  @TempDir Path directory;

  private static Move move(long millis) {
    return new Move(
        millis * 1_000_000,
        10 * millis * 1_000_000,
        1000,
        16 << 20,
        millis,
        OptionalDouble.of(0.9),
        OptionalDouble.of(0.5),
        Map.of("extract", millis * 500_000));
  }

  private static Row row() {
    List<Move> moves = new ArrayList<>();
    LongStream.rangeClosed(1, 5).forEach(millis -> moves.add(move(millis)));
    return new Row(
        CELL,
        "godwit",
        moves,
        new Yardsticks(16 << 20, 1e9, 4e9),
        List.of(500_000L, 100_000L),
        OptionalDouble.of(1.0),
        List.of(),
        true,
        "");
  }

  @Test
  void theDocumentHasTheMembersThatScriptsRead() {
    JsonObject json = row().toJson();

    assertThat(json.get("strategy").getAsString()).isEqualTo("hybrid");
    assertThat(json.get("sizeMiB").getAsInt()).isEqualTo(16);
    assertThat(json.get("threads").getAsInt()).isEqualTo(64);
    JsonObject freeze = json.getAsJsonObject("freezeMillis");
    assertThat(freeze.get("median").getAsDouble()).isEqualTo(3);
    assertThat(freeze.get("p99").getAsDouble()).isEqualTo(5);
    assertThat(freeze.get("max").getAsDouble()).isEqualTo(5);
    assertThat(json.get("initialMillis").getAsDouble()).isEqualTo(30);
    assertThat(json.get("bytesInFreeze").getAsLong()).isEqualTo(1000);
    assertThat(json.get("bytesTotal").getAsLong()).isEqualTo(16 << 20);
    assertThat(json.get("residualMillis").getAsDouble()).isEqualTo(3);
    assertThat(json.get("slowdownBefore").getAsDouble()).isEqualTo(0.1);
    assertThat(json.get("slowdownAfter").getAsDouble()).isEqualTo(0.5);
    assertThat(json.getAsJsonObject("phaseMillis").get("extract").getAsDouble()).isEqualTo(1.5);
    JsonObject yardstick = json.getAsJsonObject("yardstick");
    assertThat(yardstick.getAsJsonObject("unmovedGapMillis").get("max").getAsDouble())
        .isEqualTo(0.5);
    assertThat(yardstick.get("rateOfLoopback").getAsDouble()).isEqualTo(0.508);
  }

  @Test
  void aRefusedCellSaysSoAndHasNoFigures() {
    JsonObject json = Row.refused(CELL, "godwit", "this release has 'eager' alone").toJson();

    assertThat(json.get("problem").getAsString()).contains("alone");
    assertThat(json.has("freezeMillis")).isFalse();
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    RowTable.print(
        List.of(row(), Row.refused(CELL, "godwit", "refused: no")),
        new PrintStream(text, true, StandardCharsets.UTF_8));
    assertThat(text.toString(StandardCharsets.UTF_8)).contains("3.00 ms", "refused: no");
  }

  @Test
  void chartsAreDrawn() {
    assertThat(BenchCharts.write(List.of(row()), directory))
        .hasSize(2)
        .allSatisfy(file -> assertThat(file).isNotEmptyFile());
    assertThat(BenchCharts.write(List.of(Row.refused(CELL, "godwit", "")), directory)).isEmpty();
  }

  @Test
  void aPlanIsEveryCombination() {
    assertThat(Plan.sizes("16MiB, 1GiB,7")).containsExactly(16, 1024, 7);
    Plan plan =
        new Plan(
            List.of("eager", "hybrid"),
            Plan.sizes("16,1GiB"),
            List.of(64),
            List.of(0),
            Plan.numbers("1,64", 100),
            List.of(),
            3,
            1,
            false);

    assertThat(plan.cells()).hasSize(8);
    assertThat(plan.cells().getFirst()).isEqualTo(new Cell("eager", new Load(16, 16, 0, 1, 10)));
    assertThat(plan.cells().getLast())
        .isEqualTo(new Cell("hybrid", new Load(1024, 64, 0, 64, 200)));
    assertThatThrownBy(() -> Plan.sizes("16MB")).isInstanceOf(GodwitException.class);
    assertThatThrownBy(() -> Plan.sizes("2000000")).isInstanceOf(GodwitException.class);
  }

  @Test
  void phasesLastUntilTheNextBegins() {
    PhaseMarks marks = new PhaseMarks();
    marks.progress(new Progress("negotiate", 0, 0, 0, 10));
    marks.progress(new Progress("transfer", 0, 0, 0, 300));
    marks.progress(new Progress("transfer", 9, 9, 0, 500));
    marks.progress(new Progress("resume", 9, 9, 0, 700));

    assertThat(marks.durations(1000))
        .containsExactly(
            Map.entry("negotiate", 290_000L),
            Map.entry("transfer", 400_000L),
            Map.entry("resume", 300_000L));
  }

  @Test
  void aDistributionKnowsItsMiddleAndItsTail() {
    Distribution distribution = new Distribution(new double[] {5, 1, 4, 2});
    assertThat(distribution.median()).isEqualTo(3);
    assertThat(distribution.quantile(0.99)).isEqualTo(5);
    assertThat(distribution.quantile(0.25)).isEqualTo(1);
  }
}

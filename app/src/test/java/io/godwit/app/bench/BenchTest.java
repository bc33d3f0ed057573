package io.godwit.app.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.godwit.app.Main;
import io.godwit.cli.CommandIo;
import io.godwit.core.control.JsonText;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class BenchTest {
  @TempDir Path directory;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int bench(String... arguments) {
    List<String> all = new ArrayList<>(List.of("bench"));
    all.addAll(List.of(arguments));
    return Main.run(
        all,
        new CommandIo(
            InputStream.nullInputStream(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            System.getenv(),
            false,
            false,
            false));
  }

  /** Needs root. What another tool does is played by a stop and a continuation. */
  @Test
  void movesAreMeasuredAndRefusedStrategiesAreNamed() {
    Assumptions.assumeTrue(
        ProcessHandle.current().info().user().orElse("").equals("root"), "namespaces need root");
    int status =
        bench(
            "migration",
            "--strategies=eager,teleport",
            "--sizes=4MiB",
            "--dirty-rates=1",
            "--runs=2",
            "--warmup=0",
            "--against=kill -STOP $PID; sleep 0.03; kill -CONT $PID",
            "--to=" + directory,
            "--json");

    String text = out.toString(StandardCharsets.UTF_8).strip();
    assertThat(status).as(err.toString(StandardCharsets.UTF_8)).isZero();
    List<JsonObject> rows = new ArrayList<>();
    JsonText.parseObject(text.substring(text.lastIndexOf('\n') + 1))
        .getAsJsonArray("rows")
        .forEach(row -> rows.add(row.getAsJsonObject()));
    assertThat(rows).hasSize(3);
    JsonObject eager = rows.getFirst();
    assertThat(eager.get("verified").getAsBoolean()).isTrue();
    assertThat(eager.get("runs").getAsInt()).isEqualTo(2);
    assertThat(eager.get("bytesTotal").getAsLong()).isGreaterThan(4 << 20);
    assertThat(eager.getAsJsonObject("freezeMillis").get("median").getAsDouble()).isPositive();
    JsonObject refused = rows.get(1);
    assertThat(refused.get("problem").getAsString()).contains("teleport");
    assertThat(refused.has("freezeMillis")).isFalse();
    JsonObject other = rows.getLast();
    assertThat(other.get("tool").getAsString()).isEqualTo("kill");
    assertThat(other.getAsJsonObject("freezeMillis").get("median").getAsDouble()).isGreaterThan(29);
    assertThat(directory.resolve("results.json")).exists();
    assertThat(directory.resolve("freeze.png")).isNotEmptyFile();
  }

  @Test
  void whatCannotBeMeasuredIsRefusedBeforeAnythingIsStarted() {
    assertThat(bench("everything")).isEqualTo(2);
    assertThat(bench("migration", "--sizes", "16MB")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("neither migration", "16MB");
  }

  @Test
  void loadLayersOfAFewNodesKnowEachOther() {
    int status = bench("load", "--nodes=6", "--seconds=1", "--kills=0", "--json");

    assertThat(status).as(err.toString(StandardCharsets.UTF_8)).isZero();
    JsonObject result = JsonText.parseObject(out.toString(StandardCharsets.UTF_8).strip());
    assertThat(result.get("nodes").getAsInt()).isEqualTo(6);
    assertThat(result.get("convergedSeconds").getAsDouble()).isNotNegative();
    assertThat(result.get("toldShare").getAsDouble()).isEqualTo(1);
    assertThat(result.get("knownShare").getAsDouble()).isBetween(0.8, 1.0);
    assertThat(result.get("messageBytesPerNodeSecond").getAsDouble()).isBetween(50.0, 5000.0);
    assertThat(result.getAsJsonObject("ageSeconds").get("median").getAsDouble()).isBetween(0., 10.);
  }

  @Test
  @Tag("soak")
  void aKilledNodeIsNoticedByAllOthers() {
    int status = bench("load", "--nodes=24", "--seconds=3", "--kills=2", "--json");

    assertThat(status).as(err.toString(StandardCharsets.UTF_8)).isZero();
    JsonObject result = JsonText.parseObject(out.toString(StandardCharsets.UTF_8).strip());
    assertThat(result.getAsJsonArray("killed")).hasSize(2);
    result
        .getAsJsonArray("killed")
        .forEach(
            each ->
                assertThat(each.getAsJsonObject().get("allSeconds").getAsDouble())
                    .isBetween(1.0, 30.0));
  }
}

package io.godwit.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.app.Main;
import io.godwit.cli.CommandIo;
import io.godwit.core.control.JsonText;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {
  @TempDir Path directory;

  @Test
  void theProgramsOfThisMachinePrintTheSameInEveryRun() throws Exception {
    List<DemoProgram> programs = DemoProgram.available(directory);
    assertThat(programs).extracting(DemoProgram::name).contains("ticks", "jvm");
    for (DemoProgram program : programs) {
      if (!program.name().equals("ticks")) {
        String first = output(program);
        assertThat(first).as(program.name()).isNotBlank();
        assertThat(output(program)).as(program.name()).isEqualTo(first);
      }
    }
  }

  private String output(DemoProgram program) throws Exception {
    Path output = directory.resolve("out");
    Process process = new ProcessBuilder(program.command()).redirectOutput(output.toFile()).start();
    assertThat(process.waitFor()).isZero();
    return Files.readString(output);
  }

  /** Needs root. One program: the whole demo is for people, and longer. */
  @Test
  void aProgramMovesBetweenThreeDaemonsAndEndsAsUnmoved() {
    Assumptions.assumeTrue(
        ProcessHandle.current().info().user().orElse("").equals("root"), "namespaces need root");
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "there is no perl");
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(text, true, StandardCharsets.UTF_8);
    CommandIo io =
        new CommandIo(
            InputStream.nullInputStream(), out, out, System.getenv(), false, false, false);
    int status = Main.run(List.of("demo", "--only", "perl", "--json"), io);
    String document = text.toString(StandardCharsets.UTF_8);
    assertThat(document).startsWith("{\"ok\":true,\"nodes\":3,\"lost\":0,\"doubled\":0,");
    assertThat(status).isZero();
  }

  @Test
  void theDocumentHasTheFormThatScriptsExpect() {
    DemoResult good = new DemoResult("a", 3, List.of(5.0, 1.234, 3.0), 17, true, false, false, "");
    DemoResult bad = new DemoResult("b", 3, List.of(1.0, 2.0), 1, false, true, false, "it is gone");

    assertThat(JsonText.write(DemoResult.document(3, List.of(good), Optional.empty())))
        .isEqualTo(
            "{\"ok\":true,\"nodes\":3,\"lost\":0,\"doubled\":0,\"programs\":[{\"name\":\"a\","
                + "\"moves\":3,\"freezeMillis\":{\"median\":3.0,\"max\":5.0},\"bytes\":17,"
                + "\"verified\":true}]}");
    assertThat(JsonText.write(DemoResult.document(3, List.of(good, bad), Optional.empty())))
        .startsWith("{\"ok\":false,\"nodes\":3,\"lost\":1,")
        .contains("\"median\":1.5");
    assertThat(DemoResult.ok(List.of())).isFalse();
    DemoBalance.Result crowded = new DemoBalance.Result(8, 30.04, 4, 3, 4, 0, 0);
    assertThat(JsonText.write(DemoResult.document(3, List.of(good), Optional.of(crowded))))
        .startsWith("{\"ok\":false,")
        .endsWith(
            "\"balancing\":{\"programs\":8,\"seconds\":30.0,\"most\":4,\"moves\":4,"
                + "\"lost\":0,\"doubled\":0}}");

    ByteArrayOutputStream text = new ByteArrayOutputStream();
    DemoResult.printTable(List.of(good, bad), new PrintStream(text, true, StandardCharsets.UTF_8));
    assertThat(text.toString(StandardCharsets.UTF_8)).contains("5.0 ms", "it is gone");
  }
}

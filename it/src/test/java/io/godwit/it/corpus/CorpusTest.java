package io.godwit.it.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The corpus itself: an unmoved run ends well, and gives a result worth comparing. */
class CorpusTest {
  static Stream<CorpusProgram> programs() {
    return Corpus.programs().stream();
  }

  @ParameterizedTest
  @MethodSource("programs")
  void anUnmovedRunEndsWellAndLeavesAResult(CorpusProgram program, @TempDir Path directory)
      throws Exception {
    program.missing().ifPresent(name -> assumeTrue(false, name + " is not installed"));
    program.inputs().makeIn(directory);
    Process process =
        new ProcessBuilder(program.command())
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("output").toFile())
            .start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("ends within two minutes").isTrue();
    assertThat(process.exitValue())
        .as("exit status; output: " + Files.readString(directory.resolve("output")))
        .isZero();
    assertThat(program.result().readFrom(directory)).isNotBlank();
  }
}

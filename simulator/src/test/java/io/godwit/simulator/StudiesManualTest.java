package io.godwit.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.core.GodwitException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the manual tells people to type. */
class StudiesManualTest {
  private static final Path MANUAL = Path.of("..", "docs", "manual", "studies.md");
  private static final String PROMPT = "    godwit simulate ";

  @Test
  void everyCommandOfTheManualIsUnderstood() throws IOException {
    List<String> commands =
        Files.readAllLines(MANUAL).stream()
            .filter(line -> line.startsWith(PROMPT))
            .map(line -> line.substring(PROMPT.length()).strip())
            .toList();

    assertThat(commands).hasSizeGreaterThanOrEqualTo(5);
    for (String command : commands) {
      List<String> arguments = List.of(command.split(" +"));
      assertThat(StudyCommand.understood(arguments).policies()).as(command).isNotEmpty();
      assertThat(arguments).as("every study draws a chart").contains("--chart");
    }
  }

  @Test
  void whatIsNotUnderstoodIsRefused() {
    assertThatThrownBy(() -> StudyCommand.understood(List.of("--compare", "age,nonsuch")))
        .isInstanceOf(GodwitException.class);
    assertThatThrownBy(() -> StudyCommand.understood(List.of("--load", "much")))
        .isInstanceOf(GodwitException.class);
    assertThatThrownBy(() -> StudyCommand.understood(List.of("--sizes", "10,x")))
        .isInstanceOf(GodwitException.class);
    assertThatThrownBy(() -> StudyCommand.understood(List.of("--loads")))
        .isInstanceOf(GodwitException.class);
  }
}

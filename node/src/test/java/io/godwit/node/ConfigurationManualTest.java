package io.godwit.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The manual names the keys that the daemon reads, and their defaults. */
class ConfigurationManualTest {
  private static final Path MANUAL = Path.of("../docs/manual/configuration.md");
  private static final Path STATE = Path.of("/var/lib/godwit");
  private static final Pattern ROW =
      Pattern.compile("^\\| `([a-z]+\\.[a-z-]+)` \\| ([^|]+) \\| .+ \\|$");
  private static final Pattern LITERAL = Pattern.compile("^`([^`]+)`$");

  private static Map<String, String> defaults() throws IOException {
    Map<String, String> defaults = new LinkedHashMap<>();
    for (String line : Files.readAllLines(MANUAL)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        Matcher literal = LITERAL.matcher(row.group(2));
        String value = literal.matches() ? literal.group(1) : "";
        assertThat(defaults.put(row.group(1), value)).as(row.group(1)).isNull();
      }
    }
    return defaults;
  }

  @Test
  void everyKeyIsDescribedOnce() throws IOException {
    assertThat(defaults().keySet()).containsExactlyInAnyOrderElementsOf(ConfigurationReader.KEYS);
  }

  @Test
  void everyKeyOfAQueueIsDescribed() throws IOException {
    Pattern key = Pattern.compile("^\\| `queue\\.NAME\\.([a-z-]+)` \\|.+\\|$");
    List<String> described = new ArrayList<>();
    for (String line : Files.readAllLines(MANUAL)) {
      Matcher row = key.matcher(line);
      if (row.matches()) {
        described.add(row.group(1));
      }
    }
    assertThat(described).containsExactlyInAnyOrderElementsOf(ConfigurationReader.QUEUE_KEYS);
  }

  @Test
  void theDefaultsAreWhatAnEmptyFileGives() throws IOException {
    List<String> lines = new ArrayList<>();
    defaults()
        .forEach(
            (key, value) -> {
              if (!value.isEmpty()) {
                lines.add(key + " = " + value);
              }
            });
    assertThat(lines).hasSizeGreaterThan(14);
    assertThat(ConfigurationReader.parse(String.join("\n", lines), "the manual", STATE))
        .isEqualTo(ConfigurationReader.parse("", "nothing", STATE));
  }

  @Test
  void theExampleIsUnderstood() throws IOException {
    StringBuilder example = new StringBuilder();
    for (String line : Files.readAllLines(MANUAL)) {
      if (line.startsWith("    ")) {
        example.append(line.strip()).append('\n');
      }
    }
    Configuration read = ConfigurationReader.parse(example.toString(), "the example", null);
    assertThat(read.name().name()).isEqualTo("alpha");
    assertThat(read.users()).containsExactly("ana", "ben");
  }
}

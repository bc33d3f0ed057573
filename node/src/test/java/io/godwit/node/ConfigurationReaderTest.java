package io.godwit.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.core.ExitStatus;
import io.godwit.core.GodwitException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationReaderTest {
  @Test
  void anEmptyFileGivesTheDefaults() {
    Configuration read = ConfigurationReader.parse("", "empty", Path.of("/tmp/s"));
    assertThat(read).isEqualTo(Configuration.defaults(read.name(), Path.of("/tmp/s")));
  }

  @Test
  void everyKeyIsRead(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("node.toml");
    Files.writeString(
        file,
        """
        [node]
        name = "alpha"
        state = "/tmp/alpha"
        [network]
        listen = "127.0.0.1:1"
        advertise = "[::1]:2"
        page-port = 0
        encrypt-pages = false
        [guest]
        accept = false
        max-processes = 3
        users = ["ann", "bob"]
        memory-reserve-mib = 5
        [migration]
        ready-timeout-seconds = 7
        """);
    Configuration read = ConfigurationReader.read(file, null);
    assertThat(read.name().name()).isEqualTo("alpha");
    assertThat(read.state()).isEqualTo(Path.of("/tmp/alpha"));
    assertThat(read.listen()).isEqualTo("127.0.0.1:1");
    assertThat(read.advertise()).isEqualTo("[::1]:2");
    assertThat(read.pagePort()).isZero();
    assertThat(read.encryptPages()).isFalse();
    assertThat(read.accept()).isFalse();
    assertThat(read.maxForeignProcesses()).isEqualTo(3);
    assertThat(read.users()).isEqualTo(List.of("ann", "bob"));
    assertThat(read.memoryReserveBytes()).isEqualTo(5 << 20);
    assertThat(read.readyTimeout().toSeconds()).isEqualTo(7);
  }

  @Test
  void allProblemsAreReportedAtOnceWithTheirLines() {
    String text =
        """
        [node]
        nmae = "x"
        name = "no spaces, please"
        [network]
        listen = "nowhere"
        page-port = 70000
        encrypt-pages = "yes"
        [gest]
        accept = true
        """;
    assertThatExceptionOfType(GodwitException.class)
        .isThrownBy(() -> ConfigurationReader.parse(text, "node.toml", null))
        .satisfies(
            e -> {
              assertThat(e.code()).isEqualTo(NodeError.CONFIGURATION);
              assertThat(e.code().exitStatus()).isEqualTo(ExitStatus.USAGE);
              assertThat(e.why())
                  .contains("line 2: node.nmae: there is no such key; did you mean node.name?")
                  .contains("line 3: node.name: a node's name is 1 to 63")
                  .contains("line 5: network.listen: 'nowhere'")
                  .contains("line 6: network.page-port: 70000 is not between 0 and 65535")
                  .contains("line 7: network.encrypt-pages: it must be true or false")
                  .contains("gest.accept: there is no such key; did you mean guest.accept?");
            });
  }

  @Test
  void brokenTomlIsAnError() {
    assertThatExceptionOfType(GodwitException.class)
        .isThrownBy(() -> ConfigurationReader.parse("[node\nname=", "broken", null))
        .withMessageContaining("line 1");
  }

  @Test
  void queuesAreTablesAndTheirMistakesAreNamed() {
    Configuration read =
        ConfigurationReader.parse(
            """
            [jobs]
            checkpoints = "/srv/godwit"
            lease-seconds = 5
            [queue.night]
            priority = 10
            user-jobs = 2
            hours = ["20:00-06:00"]
            """,
            "it",
            Path.of("/state"));
    assertThat(read.jobs().checkpoints()).isEqualTo(Path.of("/srv/godwit"));
    assertThat(read.jobs().lease()).isEqualTo(java.time.Duration.ofSeconds(5));
    assertThat(read.jobs().queues().keySet()).containsExactly("night");
    assertThat(read.jobs().queues().get("night").rule().userJobs()).isEqualTo(2);
    assertThatThrownBy(
            () ->
                ConfigurationReader.parse(
                    "[queue.night]\nhours = [\"8-9\"]\nuserjobs = 1\n[queue]\nfast = 1",
                    "it",
                    Path.of("/state")))
        .hasMessageContaining("queue.night.hours")
        .hasMessageContaining("'8-9' is no span of hours")
        .hasMessageContaining("queue.night.userjobs");
  }
}

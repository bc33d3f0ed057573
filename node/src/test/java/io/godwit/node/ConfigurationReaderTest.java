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

  @Test
  void theVotersOfARegistryAreThreeOrFive() {
    Configuration read =
        ConfigurationReader.parse(
            "[registry]\nvoters = ['a', 'b=10.0.0.2:99', 'c']\nport = 7000", "t", null);
    assertThat(read.registry().enabled()).isTrue();
    assertThat(read.registry().names()).containsExactly(id("a"), id("b"), id("c"));
    assertThat(read.registry().voters().get(1).address().getPort()).isEqualTo(99);
    assertThat(read.registry().port()).isEqualTo(7000);
    assertThat(ConfigurationReader.parse("", "t", null).registry().enabled()).isFalse();
    assertThat(
            ConfigurationReader.parse(
                    "[registry]\nvoters = ['a', 'b', 'c']\nenabled = false", "t", null)
                .registry()
                .enabled())
        .isFalse();
    assertRegistry("voters = ['a', 'b']", "line 2: registry.voters: 2 voters: name 3");
    assertRegistry("voters = ['a', 'b', 'c', 'd']", "4 voters survive the loss of one node as 3");
    assertRegistry("voters = ['a', 'b', 'a']", "a node is named twice");
    assertRegistry("voters = ['a', 'b', 'c d']", "a node's name is");
    assertRegistry("voters = ['a', 'b', 'c=x']", "it is not of the form host:port");
    assertRegistry("enabled = true", "line 2: registry.enabled: 0 voters");
  }

  private static io.godwit.core.NodeId id(String name) {
    return new io.godwit.core.NodeId(name);
  }

  private static void assertRegistry(String line, String complaint) {
    assertThatThrownBy(() -> ConfigurationReader.parse("[registry]\n" + line, "t", null))
        .hasMessageContaining(complaint);
  }
}

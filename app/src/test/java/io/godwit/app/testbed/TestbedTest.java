package io.godwit.app.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.core.NodeId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs root. */
class TestbedTest {
  @TempDir Path directory;

  @BeforeEach
  void root() {
    Assumptions.assumeTrue(
        ProcessHandle.current().info().user().orElse("").equals("root"), "namespaces need root");
  }

  private static int exit(TestNode node, String script) {
    node.start("/bin/sh", List.of("sh", "-c", script));
    OptionalInt status = node.await(20_000);
    assertThat(status).isPresent();
    return status.getAsInt() >> 8;
  }

  @Test
  void nodesReachEachOtherAndNothingElseUntilTheCableIsCut() throws Exception {
    Path work = directory.resolve("bed");
    NodeId alpha = new NodeId("alpha");
    NodeId beta = new NodeId("beta");
    long interfaces = Files.readAllLines(Path.of("/proc/net/dev")).size();
    try (Testbed testbed = Testbed.create(work, List.of(alpha, beta))) {
      TestNode first = testbed.node(alpha);
      assertThat(exit(first, "hostname; cat /proc/1/comm; cat /proc/net/fib_trie")).isZero();
      assertThat(first.tail()).startsWith("alpha\ngodwit-init").contains("10.77.0.1");

      String server = "exec 3<>/dev/tcp/10.77.0.2/7000";
      TestNode second = testbed.node(beta);
      second.start(java(), List.of("java", "-XX:+UseSerialGC", source("Listen", LISTEN)));
      assertThat(
              exit(
                  first,
                  "i=0; until timeout 5 bash -c '"
                      + server
                      + "' 2>/dev/null; do"
                      + " i=$((i+1)); [ $i -lt 200 ] || exit 1; sleep 0.1; done"))
          .isZero();
      testbed.connected(beta, false);
      assertThat(exit(first, "timeout 1 bash -c '" + server + "'")).isNotZero();
      testbed.connected(beta, true);
      assertThat(exit(first, "timeout 10 bash -c '" + server + "'")).isZero();
      assertThat(second.running()).isTrue();
      second.killDaemon();
      assertThat(second.running()).isFalse();
      assertThat(exit(second, "exit 9")).isEqualTo(9);
    }
    assertThat(work).doesNotExist();
    assertThat(Files.readAllLines(Path.of("/proc/net/dev"))).hasSize((int) interfaces);
  }

  private static final String LISTEN =
      """
      public class Listen {
        public static void main(String[] a) throws Exception {
          try (var s = new java.net.ServerSocket(7000, 5, java.net.InetAddress.getByName("0.0.0.0"))) {
            while (true) s.accept().close();
          }
        }
      }
      """;

  private static String java() {
    return System.getProperty("java.home") + "/bin/java";
  }

  private String source(String name, String text) throws Exception {
    return Files.writeString(directory.resolve(name + ".java"), text).toString();
  }
}

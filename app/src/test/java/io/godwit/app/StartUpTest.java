package io.godwit.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.app.fixture.LocalNode;
import io.godwit.node.control.ControlServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How long a cold {@code godwit ps} takes beside a Java program that does nothing. */
class StartUpTest {
  private static final int RUNS = 15;
  private static final double LIMIT = 3.0;

  /** Other work on the machine slows both down, but never by the same amount. */
  private static final double NOISE = 1.5;

  @TempDir Path directory;

  @Test
  @Timeout(300)
  void aColdListingIsWithinThreeTimesAnEmptyMain() throws Exception {
    Path launcher = Path.of("..", "godwit").toAbsolutePath().normalize();
    Path dist = launcher.resolveSibling("dist");
    assumeTrue(Files.exists(dist.resolve("client.aot")), "the program is not built: run ./test");
    Path source = directory.resolve("Empty.java");
    Files.writeString(source, "public class Empty { public static void main(String[] a) {} }");
    String home = System.getProperty("java.home");
    assertThat(took(List.of(home + "/bin/javac", source.toString()), "")).isPositive();
    Path socket = directory.resolve("control.sock");
    List<String> ps = List.of(launcher.toString(), "ps");
    List<String> empty = List.of(home + "/bin/java", "-cp", directory.toString(), "Empty");
    List<Double> listing = new ArrayList<>();
    List<Double> nothing = new ArrayList<>();
    try (LocalNode node = new LocalNode();
        ControlServer server = ControlServer.start(socket, node)) {
      for (int run = 0; run < RUNS; run++) {
        nothing.add(took(empty, ""));
        listing.add(took(ps, socket.toString()));
      }
      assertThat(server.conversations()).isLessThan(RUNS);
    }
    double ratio = median(listing) / median(nothing);
    System.out.printf(
        "start-up: godwit ps %.0f ms, empty main %.0f ms, ratio %.2f (best %.2f)%n",
        median(listing) * 1e3,
        median(nothing) * 1e3,
        ratio,
        Collections.min(listing) / Collections.min(nothing));
    assertThat(ratio).isLessThan(LIMIT * NOISE);
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  private double took(List<String> command, String socket)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("GODWIT_SOCKET", socket);
    builder.redirectErrorStream(true).redirectOutput(directory.resolve("output").toFile());
    long start = System.nanoTime();
    int status = builder.start().waitFor();
    double seconds = (System.nanoTime() - start) / 1e9;
    assertThat(status).as(Files.readString(directory.resolve("output"))).isZero();
    return seconds;
  }
}

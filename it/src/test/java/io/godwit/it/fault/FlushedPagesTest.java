package io.godwit.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.app.testbed.TestNode;
import io.godwit.core.control.MigrateSpec;
import io.godwit.core.control.MoveWishes;
import io.godwit.core.control.ProcessView;
import io.godwit.it.cluster.Cluster;
import io.godwit.node.NodeError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What becomes of a program whose pages are in a page store when somebody dies: the source is
 * needed no more; without the store it stands still and is reported, and goes on when that is back.
 */
class FlushedPagesTest {
  private static final int MEBIBYTES = 32;

  /** Slow enough that pages which nobody touches are still in the store when something is lost. */
  private static final long BANDWIDTH = 8 << 20;

  /** What a file begins with, in bytes. */
  private static final int HEADER = 4096;

  private static @Nullable Cluster cluster;
  private static @Nullable Path shared;
  private static int programs;

  @TempDir Path directory;

  private @Nullable Sweeper sweeper;
  private TestNode source;
  private TestNode destination;

  @BeforeAll
  static void startNodes() throws IOException {
    Cluster.assumePossible();
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/gcc")), "needs a C compiler, /usr/bin/gcc");
    Path pages = Files.createTempDirectory("gw-pages"); // mode 0700
    shared = pages;
    // Alpha flushes into a directory that beta sees too; gamma flushes to alpha.
    Map<String, String> stores = Map.of("gamma", "node = \"alpha\"");
    cluster =
        Cluster.of(
            node ->
                node.start(
                    List.of(),
                    "[store]\n"
                        + stores.getOrDefault(node.name().name(), "directory = \"" + pages + "\"")
                        + "\n"),
            "alpha",
            "beta",
            "gamma");
  }

  @AfterEach
  void mend() {
    Sweeper program = sweeper;
    for (TestNode node : Objects.requireNonNull(cluster).testbed().nodes()) {
      if (!node.running()) {
        Objects.requireNonNull(cluster).restart(node);
      }
      if (program != null) {
        program.end(node);
      }
    }
  }

  @AfterAll
  static void stopNodes() throws IOException {
    if (cluster != null) {
      cluster.close();
    }
    if (shared != null) {
      for (Path each : stored()) {
        Files.delete(each);
      }
      Files.delete(shared);
    }
  }

  private static List<Path> stored() throws IOException {
    return stored(Objects.requireNonNull(shared));
  }

  private static List<Path> stored(Path in) throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(in)) {
      return StreamSupport.stream(all.spliterator(), false).toList();
    }
  }

  /** A program runs at beta, and most of its pages are in the store of the node it left. */
  private Sweeper flushed(String from) throws IOException, InterruptedException {
    Cluster nodes = Objects.requireNonNull(cluster);
    source = nodes.node(from);
    destination = nodes.node("beta");
    nodes.awaitHeard();
    Sweeper program = Sweeper.start(source, "flushed" + programs++, directory, MEBIBYTES);
    sweeper = program;
    program.hold(true);
    Cluster.move(
        source,
        new MigrateSpec(
            program.name(),
            destination.name().name(),
            "flushing",
            new MoveWishes(false, BANDWIDTH, 0)));
    return program;
  }

  private void goesOnWithAllItsMemory(Sweeper program) throws IOException {
    program.hold(false);
    Cluster.await(
        "all its pages come, but: " + program.needed(destination),
        () -> program.needed(destination).isEmpty());
    program.awaitSweeps();
    program.assertRight();
    assertThat(Cluster.process(destination, program.name()).state())
        .isEqualTo(ProcessView.State.RUNNING);
  }

  private void standsStillAndIsReported(Sweeper program) {
    Cluster.await(
        "it is reported that pages are out of reach",
        () -> program.needed(destination).contains(NodeError.PAGES_LOST.code()));
    program.hold(false);
    Cluster.await("it stands still", program::stands);
    program.assertRight();
  }

  @Test
  void nothingDependsOnTheSource() throws Exception {
    Sweeper program = flushed("alpha");
    assertThat(program.needed(destination)).contains("page store", Objects.toString(shared));
    Cluster.await("its copy is gone", () -> source.cgroup(program.name()) == null);
    source.killDaemon();
    goesOnWithAllItsMemory(program);
    assertThat(stored()).isEmpty();
    Objects.requireNonNull(cluster).restart(source);
    // And it can move again.
    Cluster.move(destination, program.name(), source, "flushing");
    program.awaitSweeps();
    program.assertRight();
    assertThat(stored()).isEmpty();
  }

  @Test
  @Tag("soak")
  void aStoreThatIsLostStopsItUntilItIsBack() throws Exception {
    Sweeper program = flushed("alpha");
    Path file = stored().getFirst();
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, new byte[HEADER]);
    standsStillAndIsReported(program);
    Files.write(file, whole);
    goesOnWithAllItsMemory(program);
  }

  @Test
  @Tag("soak")
  void theDestinationsDaemonDiesAndReadsTheStoreAgain() throws Exception {
    Sweeper program = flushed("alpha");
    destination.killDaemon();
    assertThat(stored()).as("files that were not read to their end").isNotEmpty();
    Objects.requireNonNull(cluster).restart(destination);
    goesOnWithAllItsMemory(program);
    assertThat(stored()).isEmpty();
  }

  @Test
  @Tag("soak")
  void aStoreThatIsAwayWhenTheDestinationsDaemonComesBack() throws Exception {
    Sweeper program = flushed("alpha");
    destination.killDaemon();
    Path file = stored().getFirst();
    Path away = file.resolveSibling("away");
    Files.move(file, away);
    Objects.requireNonNull(cluster).restart(destination);
    standsStillAndIsReported(program);
    Files.move(away, file);
    goesOnWithAllItsMemory(program);
  }

  @Test
  @Tag("soak")
  void theDaemonOfTheStoresNodeDiesAndServesAgain() throws Exception {
    Sweeper program = flushed("gamma");
    TestNode store = Objects.requireNonNull(cluster).node("alpha");
    assertThat(program.needed(destination)).contains("node alpha");
    Cluster.await("its copy is gone", () -> source.cgroup(program.name()) == null);
    source.killDaemon();
    store.killDaemon();
    standsStillAndIsReported(program);
    Objects.requireNonNull(cluster).restart(store);
    goesOnWithAllItsMemory(program);
    Path kept = store.state().resolve("store");
    Cluster.await(
        "the store forgets it",
        () -> {
          try {
            return stored(kept).isEmpty();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  @Test
  @Tag("soak")
  void aDamagedPageOnTheStoresNodeStopsItUntilItIsMended() throws Exception {
    Sweeper program = flushed("gamma");
    Path file =
        stored(Objects.requireNonNull(cluster).node("alpha").state().resolve("store")).getFirst();
    byte[] whole = Files.readAllBytes(file);
    byte[] damaged = whole.clone();
    Arrays.fill(damaged, HEADER, damaged.length, (byte) 1);
    Files.write(file, damaged);
    standsStillAndIsReported(program);
    Files.write(file, whole);
    goesOnWithAllItsMemory(program);
  }
}

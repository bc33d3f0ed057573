package io.godwit.app.demo;

import io.godwit.app.testbed.NodeClient;
import io.godwit.app.testbed.TestNode;
import io.godwit.app.testbed.Testbed;
import io.godwit.cli.CommandBody;
import io.godwit.cli.CommandIo;
import io.godwit.core.NodeId;
import io.godwit.core.control.JsonText;
import io.godwit.linux.launch.GapClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** {@code godwit demo}. */
public final class DemoCommand extends CommandBody {
  private static final List<NodeId> NAMES =
      List.of(new NodeId("alaska"), new NodeId("tasmania"), new NodeId("korea"));

  public DemoCommand(CommandIo io) {
    super(
        io,
        "demo",
        "Watch real programs move between three nodes while they run.",
        "The nodes are daemons in namespaces of their own on this machine; all is removed at the"
            + " end. Takes less than a minute, as root.");
    examples("sudo godwit demo", "sudo godwit demo --json | tail -1 | jq .ok");
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Stage stage = new Stage(io.out(), json.given());
    Path directory = Files.createTempDirectory("godwit-demo-");
    List<DemoResult> results;
    try (Testbed testbed = Testbed.create(directory.resolve("n"), NAMES)) {
      stage.say("three nodes on this machine, each in its own namespaces: %s", addresses(testbed));
      List<NodeClient> nodes = cluster(testbed, stage);
      results = runAll(nodes, directory, stage);
    } finally {
      removeTree(directory);
    }
    if (json.given()) {
      io.out().println(JsonText.write(DemoResult.document(NAMES.size(), results)));
    } else {
      io.out().println();
      DemoResult.printTable(results, io.out());
      io.out().println();
      io.out().println(summary(results));
    }
    return DemoResult.ok(results) ? 0 : 1;
  }

  private static String summary(List<DemoResult> results) {
    long lost = results.stream().filter(DemoResult::lost).count();
    long doubled = results.stream().filter(DemoResult::doubled).count();
    int moves = results.stream().mapToInt(DemoResult::moves).sum();
    return moves
        + " moves, "
        + lost
        + " lost, "
        + doubled
        + " doubled. The freeze is the longest time the program itself stood still in a move.";
  }

  private static String addresses(Testbed testbed) {
    List<String> texts = new ArrayList<>();
    for (TestNode node : testbed.nodes()) {
      texts.add(node.name() + " " + node.address());
    }
    return String.join(", ", texts);
  }

  /** Starts the daemons side by side and makes them one cluster. */
  private static List<NodeClient> cluster(Testbed testbed, Stage stage)
      throws InterruptedException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> starts = new ArrayList<>();
      for (TestNode node : testbed.nodes()) {
        starts.add(threads.submit(() -> node.start()));
      }
      for (Future<?> start : starts) {
        finished(start);
      }
    }
    List<NodeClient> nodes = testbed.nodes().stream().map(NodeClient::new).toList();
    nodes.getFirst().init("demo");
    for (NodeClient node : nodes.subList(1, nodes.size())) {
      node.join(nodes.getFirst());
    }
    stage.say("their daemons run and know each other");
    return nodes;
  }

  private static List<DemoResult> runAll(List<NodeClient> nodes, Path directory, Stage stage)
      throws IOException, InterruptedException {
    Path clock = Files.write(directory.resolve("clock"), GapClock.elf());
    Files.setPosixFilePermissions(clock, PosixFilePermissions.fromString("rwxr-xr-x"));
    List<DemoProgram> programs = DemoProgram.available(directory);
    List<DemoResult> results = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<DemoResult>> runs = new ArrayList<>();
      for (int i = 0; i < programs.size(); i++) {
        runs.add(
            threads.submit(
                new DemoRun(programs.get(i), nodes, i % nodes.size(), directory, stage)));
      }
      for (Future<DemoResult> run : runs) {
        results.add(finished(run));
      }
    }
    return results;
  }

  private static <T> T finished(Future<T> task) throws InterruptedException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private static void removeTree(Path directory) throws IOException {
    try (java.util.stream.Stream<Path> all = Files.walk(directory)) {
      for (Path each : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }
}

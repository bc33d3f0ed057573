package io.godwit.app.demo;

import io.godwit.app.testbed.NodeClient;
import io.godwit.app.testbed.TestNode;
import io.godwit.app.testbed.Testbed;
import io.godwit.app.testbed.TestbedError;
import io.godwit.cli.CommandBody;
import io.godwit.cli.CommandIo;
import io.godwit.cli.Text;
import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.core.control.JsonText;
import io.godwit.linux.launch.GapClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** {@code godwit demo}. */
public final class DemoCommand extends CommandBody {
  private static final List<NodeId> NAMES =
      List.of(new NodeId("alaska"), new NodeId("tasmania"), new NodeId("korea"));

  private final Text only;

  public DemoCommand(CommandIo io) {
    super(
        io,
        "demo",
        "Watch real programs move between three nodes while they run.",
        "The nodes are daemons in namespaces of their own on this machine; in the end they spread"
            + " eight busy programs by themselves. All is removed then. Takes about a minute, as"
            + " root.");
    only =
        option(
            "NAMES",
            "Only these of its programs, such as ticks,pipeline; no balancing then.",
            "--only");
    examples("sudo godwit demo", "sudo godwit demo --json | tail -1 | jq .ok");
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Stage stage = new Stage(io.out(), json.given());
    // The testbed removes all of it, whichever way the demo ends.
    Path directory = Files.createTempDirectory("godwit-demo-");
    List<DemoResult> results;
    Optional<DemoBalance.Result> balance = Optional.empty();
    try (Testbed testbed = Testbed.create(directory, NAMES)) {
      stage.say("three nodes on this machine, each in its own namespaces: %s", addresses(testbed));
      List<NodeClient> nodes = cluster(testbed, stage);
      Path work = Files.createDirectory(directory.resolve("work"));
      results = runAll(nodes, work, stage);
      if (only.value() == null) {
        balance = Optional.of(new DemoBalance(nodes, work, stage).run());
      }
    }
    boolean ok = DemoResult.ok(results) && balance.map(DemoBalance.Result::ok).orElse(true);
    if (json.given()) {
      io.out().println(JsonText.write(DemoResult.document(NAMES.size(), results, balance)));
    } else {
      io.out().println();
      DemoResult.printTable(results, io.out());
      io.out().println();
      io.out().println(summary(results));
      balance.ifPresent(it -> io.out().println(it.summary()));
    }
    return ok ? 0 : 1;
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
    inParallel(testbed.nodes(), TestNode::start);
    List<NodeClient> nodes = testbed.nodes().stream().map(NodeClient::new).toList();
    nodes.getFirst().init("demo");
    for (NodeClient node : nodes.subList(1, nodes.size())) {
      node.join(nodes.getFirst());
    }
    // Who joined first hears of the next a moment later.
    inParallel(nodes, node -> node.awaitNodes(nodes.size()));
    stage.say("their daemons run and know each other");
    return nodes;
  }

  private static <T> void inParallel(List<T> all, Consumer<T> action) throws InterruptedException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> tasks = new ArrayList<>();
      for (T each : all) {
        tasks.add(threads.submit(() -> action.accept(each)));
      }
      for (Future<?> task : tasks) {
        finished(task);
      }
    }
  }

  private List<DemoResult> runAll(List<NodeClient> nodes, Path directory, Stage stage)
      throws IOException, InterruptedException {
    Path clock = Files.write(directory.resolve("clock"), GapClock.elf());
    Files.setPosixFilePermissions(clock, PosixFilePermissions.fromString("rwxr-xr-x"));
    List<DemoProgram> programs = chosen(DemoProgram.available(directory));
    List<DemoResult> results = new ArrayList<>();
    try (UnmovedRuns unmoved = new UnmovedRuns();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<DemoResult>> runs = new ArrayList<>();
      for (int i = 0; i < programs.size(); i++) {
        runs.add(
            threads.submit(
                new DemoRun(programs.get(i), nodes, i % nodes.size(), directory, unmoved, stage)));
      }
      for (Future<DemoResult> run : runs) {
        results.add(finished(run));
      }
    }
    return results;
  }

  private List<DemoProgram> chosen(List<DemoProgram> available) {
    String wanted = only.value();
    if (wanted == null) {
      return available;
    }
    List<String> names = List.of(wanted.split(",", -1));
    List<DemoProgram> chosen =
        available.stream().filter(program -> names.contains(program.name())).toList();
    if (chosen.size() != names.size()) {
      throw new GodwitException(
          TestbedError.NO_PROGRAM,
          "the demo cannot show " + wanted,
          "this machine has for it "
              + String.join(", ", available.stream().map(DemoProgram::name).toList()),
          "name some of these, separated by commas");
    }
    return chosen;
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
}

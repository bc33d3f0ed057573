package io.godwit.app.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.godwit.app.testbed.NodeClient;
import io.godwit.app.testbed.TestNode;
import io.godwit.app.testbed.Testbed;
import io.godwit.bench.BenchCharts;
import io.godwit.bench.Cell;
import io.godwit.bench.Load;
import io.godwit.bench.LoadBench;
import io.godwit.bench.LoadResult;
import io.godwit.bench.MigrationBench;
import io.godwit.bench.Plan;
import io.godwit.bench.Rival;
import io.godwit.bench.Row;
import io.godwit.bench.RowTable;
import io.godwit.bench.SyscallBench;
import io.godwit.bench.Victim;
import io.godwit.cli.CommandBody;
import io.godwit.cli.CommandIo;
import io.godwit.cli.Flag;
import io.godwit.cli.Text;
import io.godwit.core.NodeId;
import io.godwit.core.control.JsonText;
import io.godwit.node.NodeLimits;
import io.godwit.node.journal.DurableFiles;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code godwit bench}. */
public final class BenchCommand extends CommandBody {
  private static final List<NodeId> NAMES = List.of(new NodeId("east"), new NodeId("west"));
  private static final String ALL_STRATEGIES =
      "eager,eager-dirty,precopy,copy-on-reference,flushing,hybrid";
  private static final int MOST_RUNS = 10_000;
  private static final int SYSCALL_ROUNDS = 5;

  private final Text what;
  private final Text strategies;
  private final Text sizes;
  private final Text workingSets;
  private final Text dirty;
  private final Text threads;
  private final Text descriptors;
  private final Text runs;
  private final Text warmup;
  private final Flag sweep;
  private final Flag phases;
  private final Flag plain;
  private final Text against;
  private final Text javaOptions;
  private final Text nodes;
  private final Text profile;
  private final Text seconds;
  private final Text kills;
  private final Text to;

  public BenchCommand(CommandIo io) {
    super(
        io,
        "bench",
        "Measure migrations between two real daemons in namespaces of their own on this machine.",
        "For each strategy and size: how long the program itself saw that it stood still, what went"
            + " over when, and what the program lost; beside each figure a plain copy of the same"
            + " bytes and the same program unmoved. A strategy that the nodes refuse is reported as"
            + " refused. Needs root.");
    what =
        argument(
            "WHAT",
            "migration; syscalls: what a moved process pays for system calls; or load: many nodes'"
                + " load layers in one virtual machine, which needs no root.");
    strategies =
        option("NAMES", "The strategies to compare (default: all the survey's).", "--strategies");
    sizes = option("SIZES", "Memory of the program (default: 16MiB,256MiB,1GiB).", "--sizes");
    workingSets =
        option(
            "SIZES",
            "How much of it is rewritten again and again (default: 64MiB).",
            "--working-sets");
    dirty = option("LIST", "MiB rewritten each second (default: 0,10).", "--dirty-rates");
    threads = option("LIST", "Threads of the program (default: 1).", "--threads");
    descriptors =
        option("LIST", "Open files (default: 10; 200 with 64 threads or more).", "--descriptors");
    runs = option("N", "Moves of each that count (default: 20).", "--runs");
    warmup = option("N", "Moves before these, of each program (default: 3).", "--warmup");
    sweep =
        flag(
            "Also let the program touch 500 pages anywhere, then all its memory, right after a"
                + " move.",
            "--sweep");
    phases =
        flag("Also print where the time of a move goes, from both nodes' recordings.", "--phases");
    plain = flag("Send pages without TLS.", "--plain");
    against =
        option(
            "COMMAND",
            "A shell command that freezes process $PID into directory $DIR and restores it from"
                + " there, measured on the same programs.",
            "--against");
    javaOptions = option("OPTIONS", "For the daemons' virtual machines.", "--java-options");
    nodes = option("N", "With load: how many nodes (default: 500).", "--nodes");
    profile = option("NAME", "With load: the profile (default: steady).", "--profile");
    seconds =
        option("S", "With load: the span in which traffic is counted (default: 20).", "--seconds");
    kills = option("N", "With load: nodes that are killed in turn (default: 3).", "--kills");
    to = option("DIR", "Where results.json and charts go (default: godwit-bench).", "--to");
    examples(
        "sudo godwit bench migration --strategies eager --sizes 16MiB,1GiB --runs 10",
        "sudo godwit bench migration --strategies hybrid --sizes 4GiB --threads 1,64 --phases",
        "sudo godwit bench migration --strategies eager --plain --sizes 1GiB --json | tail -1",
        "godwit bench load --nodes 100",
        "sudo godwit bench migration --against 'criu dump -t $PID -D $DIR -j && criu restore -d -D"
            + " $DIR -j'");
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    return switch (what.required()) {
      case "migration" -> migrations();
      case "syscalls" -> systemCalls();
      case "load" -> loadLayers();
      default ->
          throw what.bad("'" + what.required() + "' is neither migration, syscalls nor load");
    };
  }

  private int systemCalls() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("godwit-bench-");
    List<SyscallBench.CallCost> rows;
    try (Testbed testbed = Testbed.create(directory, NAMES)) {
      Path work = Files.createDirectory(directory.resolve("work"));
      TestbedNodes nodes = new TestbedNodes(cluster(testbed, directory, null));
      rows = SyscallBench.in(nodes, work).measure((int) runs.number(SYSCALL_ROUNDS, 1, MOST_RUNS));
    }
    if (json.given()) {
      io.out().println(JsonText.write(SyscallBench.json(rows)));
    } else {
      SyscallBench.print(rows, io.out());
    }
    return 0;
  }

  private int loadLayers() throws IOException, InterruptedException {
    LoadBench.Plan plan =
        new LoadBench.Plan(
            (int) nodes.number(500, 2, NodeLimits.MEMBERS),
            profile.orElse("steady"),
            (int) seconds.number(20, 1, 3600),
            (int) kills.number(3, 0, 100),
            System.nanoTime());
    PrintStream progress = json.given() ? io.err() : io.out();
    Path directory = Files.createTempDirectory("godwit-bench-");
    LoadResult result;
    try {
      result = new LoadBench(plan, directory, progress::println).measure();
    } finally {
      Testbed.removeTree(directory);
    }
    if (json.given()) {
      io.out().println(JsonText.write(result.json()));
    } else {
      result.print(io.out());
    }
    return result.complete() ? 0 : 1;
  }

  private int migrations() throws IOException, InterruptedException {
    Plan plan = plan();
    List<Cell> cells = plan.cells();
    PrintStream progress = json.given() ? io.err() : io.out();
    Path directory = Files.createTempDirectory("godwit-bench-");
    List<Row> rows = new ArrayList<>();
    try (Testbed testbed = Testbed.create(directory, NAMES)) {
      Path work = Files.createDirectory(directory.resolve("work"));
      Victim victim = Victim.in(work);
      progress.println("the program: " + victim.about());
      PhaseRecording recording = phases.given() ? new PhaseRecording(work) : null;
      TestbedNodes nodes = new TestbedNodes(cluster(testbed, directory, recording));
      MigrationBench bench = new MigrationBench(nodes, victim, work, plan, progress::println);
      Map<String, String> titles = new LinkedHashMap<>();
      for (Cell cell : cells) {
        Row row = bench.measure(cell);
        rows.add(row);
        titles.put(bench.program(), cell.strategy() + ", " + cell.load());
        progress.println(line(row));
      }
      rivals(plan, victim, work, rows, progress);
      if (recording != null) {
        testbed.nodes().forEach(TestNode::stopDaemon);
        recording.print(nodes.spans(), titles, progress);
      }
    }
    report(rows, progress);
    return rows.stream().allMatch(row -> row.verified() || !row.measured()) ? 0 : 1;
  }

  private Plan plan() {
    return new Plan(
        List.of(strategies.orElse(ALL_STRATEGIES).split(",", -1)),
        Plan.sizes(sizes.orElse("16MiB,256MiB,1GiB")),
        Plan.sizes(workingSets.orElse("64MiB")),
        Plan.numbers(dirty.orElse("0,10"), 1 << 20),
        Plan.numbers(threads.orElse("1"), 100_000),
        descriptors.value() == null ? List.of() : Plan.numbers(descriptors.required(), 100_000),
        (int) runs.number(20, 1, MOST_RUNS),
        (int) warmup.number(3, 0, MOST_RUNS),
        sweep.given());
  }

  private List<NodeClient> cluster(
      Testbed testbed, Path directory, @Nullable PhaseRecording recording) {
    List<NodeClient> nodes = new ArrayList<>();
    for (TestNode node : testbed.nodes()) {
      // A daemon on its own machine has the whole of the virtual machine's compiler.
      List<String> options = new ArrayList<>(List.of("-Xmx1g"));
      if (javaOptions.value() != null) {
        options.addAll(List.of(javaOptions.required().strip().split("\\s+")));
      }
      if (recording != null) {
        options.addAll(recording.javaOptions(nodes.size()));
      }
      node.start(options, settings(directory));
      nodes.add(new NodeClient(node));
    }
    nodes.getFirst().init("bench");
    nodes.getLast().join(nodes.getFirst());
    nodes.forEach(node -> node.awaitNodes(nodes.size()));
    return nodes;
  }

  /** Flushing needs a page store: a directory on this machine's disk, which both see. */
  private String settings(Path directory) {
    Path pages = directory.resolve("pages");
    DurableFiles.ownedDirectory(pages);
    return (plain.given() ? "encrypt-pages = false\n" : "")
        + "[store]\ndirectory = \""
        + pages
        + "\"\n";
  }

  private void rivals(Plan plan, Victim victim, Path work, List<Row> rows, PrintStream progress)
      throws IOException, InterruptedException {
    String command = against.value();
    if (command == null) {
      return;
    }
    Rival rival = new Rival(command, victim, work, plan);
    for (Load load : plan.loads()) {
      Row row = rival.measure(load);
      rows.add(row);
      progress.println(line(row));
    }
  }

  private static String line(Row row) {
    return row.cell().strategy()
        + ", "
        + row.cell().load()
        + ": "
        + (row.measured() ? row.summary() : "not measured: " + row.problem());
  }

  private void report(List<Row> rows, PrintStream progress) throws IOException {
    JsonArray array = new JsonArray();
    rows.forEach(row -> array.add(row.toJson()));
    JsonObject document = new JsonObject();
    document.add("rows", array);
    Path directory = Path.of(to.orElse("godwit-bench"));
    Files.createDirectories(directory);
    Path file = directory.resolve("results.json");
    Files.writeString(file, JsonText.writeIndented(document) + "\n");
    List<Path> written = new ArrayList<>(List.of(file));
    written.addAll(BenchCharts.write(rows, directory));
    progress.println();
    RowTable.print(rows, progress);
    progress.println();
    progress.println(
        "written: " + String.join(", ", written.stream().map(Path::toString).toList()));
    if (json.given()) {
      io.out().println(JsonText.write(document));
    }
  }
}

package io.godwit.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.godwit.app.fixture.Subject;
import io.godwit.app.fixture.TerminalSession;
import io.godwit.app.testbed.NodeClient;
import io.godwit.app.testbed.TestNode;
import io.godwit.app.testbed.Testbed;
import io.godwit.cli.CommandIo;
import io.godwit.core.NodeId;
import io.godwit.core.Pid;
import io.godwit.core.control.JsonText;
import io.godwit.core.control.ProcessView;
import io.godwit.linux.Fd;
import io.godwit.linux.launch.FdCalls;
import io.godwit.linux.launch.ProcessHandles;
import io.godwit.node.pod.PodEntry;
import io.godwit.node.pod.PodSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands against two real nodes of one cluster. */
@Timeout(300)
class DaemonCommandTest {

  /** What a command left behind. */
  record Outcome(int status, String out, String err) {}

  @TempDir static Path directory;
  private static Testbed testbed;
  private static TestNode alpha;
  private static TestNode beta;

  @BeforeAll
  static void startNodes() throws IOException {
    Assumptions.assumeTrue(
        ProcessHandle.current().info().user().orElse("").equals("root"), "namespaces need root");
    Assumptions.assumeTrue(
        Files.readString(Path.of("/proc/self/mounts")).contains(" cgroup2 "),
        "pods need a cgroup v2 hierarchy, which is not mounted here");
    testbed =
        Testbed.create(
            Files.createTempDirectory("gw-cmd"), List.of(new NodeId("alpha"), new NodeId("beta")));
    alpha = testbed.nodes().getFirst();
    beta = testbed.nodes().getLast();
    testbed.nodes().forEach(TestNode::start);
    NodeClient first = new NodeClient(alpha);
    NodeClient second = new NodeClient(beta);
    first.init("pair");
    second.join(first);
    first.awaitNodes(2);
    second.awaitNodes(2);
  }

  @AfterAll
  static void stopNodes() {
    if (testbed != null) {
      testbed.close();
    }
  }

  /** Runs a command as it is typed on a node. */
  private static Outcome godwit(TestNode node, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    CommandIo io =
        new CommandIo(
            InputStream.nullInputStream(),
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, false, StandardCharsets.UTF_8),
            Map.of(
                "GODWIT_SOCKET",
                node.controlSocket().toString(),
                "PATH",
                System.getenv().getOrDefault("PATH", "/usr/bin:/bin")),
            false,
            false,
            false);
    int status = Main.run(List.of(arguments), io);
    return new Outcome(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** As above, and it must succeed; gives back what it printed. */
  private static String done(TestNode node, String... arguments) {
    Outcome outcome = godwit(node, arguments);
    assertThat(outcome.status())
        .as(() -> Arrays.toString(arguments) + ": " + outcome.err + node.tail())
        .isZero();
    return outcome.out;
  }

  private static ProcessView process(TestNode node, String name) {
    JsonObject listing = JsonText.parseObject(done(node, "ps", "--all", "--json").strip());
    for (var each : listing.getAsJsonArray("processes")) {
      ProcessView view = ProcessView.of(each.getAsJsonObject());
      if (view.name().equals(name)) {
        return view;
      }
    }
    throw new AssertionError("no " + name + " in " + listing);
  }

  /** A program that counts until the file {@code go} is there, and tells who it is. */
  private static final String TICKS =
      """
      import os, sys, time
      n = 0
      print('pid', os.getpid(), flush=True)
      while not os.path.exists(sys.argv[1]):
          n += 1
          print('tick', n, flush=True)
          time.sleep(0.02)
      print('pid', os.getpid(), flush=True)
      sys.exit(4)
      """;

  private static String[] ticks(Path go, String... before) {
    List<String> all = new ArrayList<>(List.of(before));
    all.addAll(List.of("--", Subject.python(), "-c", TICKS, go.toString()));
    return all.toArray(new String[0]);
  }

  private static void awaitTicks(TestNode node, String name, int count) {
    Subject.await(
        () -> ticks(done(node, "logs", name)).size() >= count,
        () -> count + " ticks; so far: " + done(node, "logs", name));
  }

  private static List<Integer> ticks(String output) {
    return output
        .lines()
        .filter(line -> line.startsWith("tick "))
        .map(line -> Integer.parseInt(line.substring(5)))
        .toList();
  }

  /** One after the other, none lost and none doubled, under one number. */
  private static void requireWhole(String output) {
    List<Integer> numbers = ticks(output);
    for (int i = 0; i < numbers.size(); i++) {
      assertThat(numbers.get(i)).as(output).isEqualTo(i + 1);
    }
    List<String> pids = output.lines().filter(line -> line.startsWith("pid ")).toList();
    assertThat(pids).hasSize(2);
    assertThat(pids.getFirst()).isEqualTo(pids.getLast());
  }

  @Test
  void aPodIsWrittenLeftRunningAndRestartedUnderItsNumbersOnAnotherNode() throws Exception {
    Path go = directory.resolve("image-go");
    Path image = directory.resolve("image");
    done(alpha, ticks(go, "run", "--detach", "--name", "saved"));
    awaitTicks(alpha, "saved", 5);
    String report = done(alpha, "checkpoint", "saved", "--to", image.toString(), "--leave-running");
    assertThat(report).contains("saved is in " + image, "processes 1");
    assertThat(done(beta, "restart", "--managed", "--name", "copy", image.toString()))
        .isEqualTo("copy\n");
    ProcessView copy = process(beta, "copy");
    assertThat(copy.podPid()).isEqualTo(process(alpha, "saved").podPid());
    assertThat(copy.command()).contains("python");
    Files.createFile(go);
    assertThat(godwit(alpha, "wait", "saved").status()).isEqualTo(4);
    assertThat(godwit(beta, "wait", "copy").status()).isEqualTo(4);
    requireWhole(done(alpha, "logs", "-f", "saved"));
    String rest = done(beta, "logs", "-f", "copy");
    assertThat(ticks(rest)).isNotEmpty();
    assertThat(rest).contains("pid " + copy.podPid());
  }

  @Test
  void aPodThatIsNotLeftRunningEndsAndComesBack() throws Exception {
    Path go = directory.resolve("end-go");
    Path image = directory.resolve("end-image");
    done(alpha, ticks(go, "run", "--detach", "--name", "ended"));
    awaitTicks(alpha, "ended", 3);
    done(alpha, "checkpoint", "ended", "--to", image.toString());
    assertThat(godwit(alpha, "wait", "ended").status()).isEqualTo(137);
    assertThat(done(alpha, "restart", "--managed", image.toString())).isEqualTo("ended\n");
    done(alpha, "migrate", "ended", "--to", "beta");
    Files.createFile(go);
    assertThat(godwit(alpha, "wait", "ended").status()).isEqualTo(4);
  }

  @Test
  void awayFromHomeItIsListedSignalledHeardAndWaitedFor() throws Exception {
    Path go = directory.resolve("away-go");
    done(alpha, ticks(go, "run", "--detach", "--on", "beta", "--name", "away"));
    ProcessView there = process(alpha, "away");
    assertThat(there.node()).isEqualTo("beta");
    assertThat(there.home()).isEqualTo("alpha");
    assertThat(process(beta, "away").node()).isEqualTo("beta");
    awaitTicks(alpha, "away", 5);
    assertThat(done(alpha, "ps", "--dependencies")).contains("away", "console");
    Files.createFile(go);
    assertThat(godwit(alpha, "attach", "--replay", "--no-stdin", "away").status()).isEqualTo(4);
    requireWhole(done(alpha, "logs", "-f", "away"));
    assertThat(godwit(beta, "wait", "away").status()).isEqualTo(4);

    Path never = directory.resolve("never");
    done(alpha, ticks(never, "run", "--detach", "--on", "beta", "--name", "told"));
    awaitTicks(alpha, "told", 2);
    done(alpha, "signal", "told", "TERM");
    assertThat(godwit(alpha, "wait", "told").status()).isEqualTo(143);
  }

  @Test
  void anUnknownNodeIsNamed() {
    Outcome run = godwit(alpha, "run", "--detach", "--on", "gamma", "--", "sleep", "60");
    assertThat(run.status()).isEqualTo(4);
    assertThat(run.err()).contains("GW-NODE-014", "gamma");
    assertThat(done(alpha, "ps")).doesNotContain("sleep 60");
    done(alpha, "run", "--detach", "--name", "stays", "sleep", "60");
    Outcome move = godwit(alpha, "migrate", "stays", "--to", "gamma");
    assertThat(move.status()).isEqualTo(4);
    assertThat(move.err()).contains("GW-NODE-014", "gamma");
    done(alpha, "signal", "stays", "KILL");
  }

  @Test
  void aProcessFromElsewhereIsAdoptedAndMoves() throws Exception {
    Path go = directory.resolve("adopt-go");
    try (FdCalls.Pipe pipe = FdCalls.pipe()) {
      Fd nothing = FdCalls.open("/dev/null", FdCalls.O_RDONLY);
      Pid started =
          PodEntry.start(
              alpha.pod(),
              new PodSpec.Program(
                  Subject.python(),
                  List.of("python3", "-c", TICKS, go.toString()),
                  List.of("PATH=/usr/bin:/bin"),
                  directory.toString(),
                  PodSpec.Owner.ROOT,
                  0022,
                  List.of()),
              nothing,
              pipe.write());
      FdCalls.close(nothing);
      String number = Integer.toString(inside(started));
      StringBuilder printed = new StringBuilder();
      Subject.await(() -> ticks(read(pipe, printed)).size() >= 3, printed::toString);
      assertThat(done(alpha, "adopt", number, "--name", "found", "--to", "beta"))
          .contains("found: process " + number);
      ProcessView found = process(alpha, "found");
      assertThat(found.node()).isEqualTo("beta");
      assertThat(Integer.toString(found.podPid())).isEqualTo(number);
      int before = ticks(read(pipe, printed)).size();
      Subject.await(() -> ticks(read(pipe, printed)).size() > before + 5, printed::toString);
      Files.createFile(go);
      assertThat(godwit(alpha, "wait", "found").status()).isEqualTo(4);
      Subject.await(
          () -> read(pipe, printed).lines().filter(l -> l.startsWith("pid ")).count() == 2,
          printed::toString);
      requireWhole(printed.toString());
      // The one that ended for the other is this process's to be reaped, as a shell does.
      assertThat(ProcessHandles.reap(started)).hasValue(9);
    }
  }

  @Test
  void topFillsATerminalWhileThingsMoveAndGivesItBack() throws Exception {
    done(alpha, "run", "--detach", "--name", "watched", "sleep", "1000");
    try (TerminalSession top =
        TerminalSession.start(
            24, 100, "top", "--interval", "0.2", "--socket", alpha.controlSocket().toString())) {
      top.await("nodes and processes", text -> text.contains("watched") && text.contains("beta"));
      assertThat(top.rows()).isEqualTo(24);
      assertThat(top.raw()).isTrue();
      done(alpha, "migrate", "watched", "--to", "beta");
      top.await("the move", text -> text.contains("watched: alpha -> beta ") && moved(text));
      top.resize(9, 60);
      top.await("the smaller window", text -> top.rows() == 9 && !text.contains("DECISIONS"));
      top.type("p");
      top.await("the pause", text -> text.contains("PAUSED"));
      top.type("\u001b[Bq");
      assertThat(top.end()).isZero();
      assertThat(top.raw()).isFalse();
      assertThat(top.printed()).startsWith("\u001b[?1049h").endsWith("\u001b[?1049l");
    }
    try (TerminalSession killed =
        TerminalSession.start(24, 100, "top", "--socket", beta.controlSocket().toString())) {
      killed.await("what moved there", text -> text.contains("watched"));
      killed.terminate();
      assertThat(killed.end()).isEqualTo(143);
      assertThat(killed.raw()).isFalse();
      assertThat(killed.printed()).endsWith("\u001b[?1049l");
    }
    JsonObject told = JsonText.parseObject(done(beta, "top", "--json").strip());
    assertThat(told.getAsJsonArray("nodes")).hasSize(2);
    assertThat(told.getAsJsonArray("moves").toString()).contains("\"process\":\"watched\"");
    assertThat(done(beta, "metrics"))
        .contains(
            "# TYPE godwit_migration_freeze_seconds histogram",
            "godwit_migrations_total{direction=\"in\",strategy=\"",
            "\",result=\"done\"} ",
            "godwit_migration_phase_seconds_count{phase=\"destination/resume\"} ",
            "godwit_peers{state=\"heard\"} 1\n",
            "godwit_peers{state=\"silent\"} 0\n",
            "godwit_decisions_total{kind=\"place\"} ",
            "godwit_pressure_ratio{resource=\"cpu\"} ",
            "godwit_jobs{state=\"running\"} 0\n",
            "process_open_fds ")
        .doesNotContain("watched");
    done(alpha, "signal", "watched", "KILL");
  }

  private static boolean moved(String text) {
    return text.contains(", done in ") && text.contains(": frozen ");
  }

  /** The number that the node gives a process. */
  private static int inside(Pid host) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + host + "/status"))) {
      if (line.startsWith("NSpid:")) {
        String[] numbers = line.substring(6).strip().split("\\s+");
        return Integer.parseInt(numbers[numbers.length - 1]);
      }
    }
    throw new AssertionError("no number");
  }

  private static String read(FdCalls.Pipe pipe, StringBuilder printed) {
    FdCalls.nonBlocking(pipe.read(), true);
    byte[] buffer = new byte[8192];
    for (int got = FdCalls.read(pipe.read(), buffer);
        got > 0;
        got = FdCalls.read(pipe.read(), buffer)) {
      printed.append(new String(buffer, 0, got, StandardCharsets.UTF_8));
    }
    return printed.toString();
  }

  @Test
  void whatCannotBeAdoptedIsRefusedByName() {
    assertThat(godwit(alpha, "adopt", "4194000").err()).startsWith("GW-CONTROL-011: ");
    assertThat(godwit(alpha, "adopt", "1").err()).contains("GW-ENGINE-102");
    done(alpha, "run", "--detach", "--name", "cared", "sleep", "60");
    String number = Integer.toString(process(alpha, "cared").hostPid());
    Outcome again = godwit(alpha, "adopt", number);
    assertThat(again.status()).isEqualTo(3);
    assertThat(again.err()).contains("'cared'", "godwit migrate cared");
    done(alpha, "signal", "cared", "KILL");
  }
}

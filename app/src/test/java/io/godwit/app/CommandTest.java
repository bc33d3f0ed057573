package io.godwit.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.godwit.app.fixture.LocalNode;
import io.godwit.cli.CommandBody;
import io.godwit.cli.CommandIo;
import io.godwit.core.Release;
import io.godwit.core.control.JsonText;
import io.godwit.node.control.ControlServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every command end to end: command line in, daemon over a real socket, text or JSON out. */
@Timeout(60)
class CommandTest {
  /** What a command left behind. */
  record Outcome(int status, String out, String err) {
    JsonObject json() {
      return JsonText.parseObject(out.strip());
    }

    JsonObject error() {
      return JsonText.parseObject(err.strip()).getAsJsonObject("error");
    }
  }

  @TempDir Path directory;
  private Path socket;
  private LocalNode node;
  private ControlServer server;

  @BeforeEach
  void startNode() throws IOException {
    socket = directory.resolve("control.sock");
    node = new LocalNode();
    server = ControlServer.start(socket, node);
  }

  @AfterEach
  void stopNode() throws IOException {
    server.close();
    node.close();
  }

  private Outcome godwit(String... arguments) {
    return godwit(InputStream.nullInputStream(), arguments);
  }

  private Outcome godwit(InputStream in, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("GODWIT_SOCKET", socket.toString());
    CommandIo io =
        new CommandIo(
            in,
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, false, StandardCharsets.UTF_8),
            environment,
            false,
            false,
            false);
    int status = Main.run(List.of(arguments), io);
    return new Outcome(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  static Stream<String> names() {
    return Commands.entries().stream().map(Commands.Entry::name);
  }

  @ParameterizedTest
  @MethodSource("names")
  void helpMentionsEveryOptionAndShowsExamples(String name) {
    Outcome help = godwit(name, "--help");
    assertThat(help.status()).isZero();
    assertThat(help.err()).isEmpty();
    assertThat(help.out()).contains("Usage: godwit " + name, "Examples:", "godwit " + name);
    CommandBody command =
        Commands.create(
            name,
            new CommandIo(
                InputStream.nullInputStream(),
                System.out,
                System.err,
                Map.of(),
                false,
                false,
                false));
    assertThat(command).isNotNull();
    assertThat(command.optionNames()).contains("--json", "--help");
    assertThat(help.out()).contains(command.optionNames());
  }

  @ParameterizedTest
  @MethodSource("names")
  void anUnknownOptionIsAUsageError(String name) {
    Outcome outcome = godwit(name, "--no-such-option", "--json");
    assertThat(outcome.status()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.error().get("exit").getAsInt()).isEqualTo(2);
  }

  @Test
  void overviewNamesEveryCommand() {
    assertThat(godwit("--help").out()).contains(names().toList());
    assertThat(godwit().status()).isZero();
    assertThat(godwit("--version").out()).isEqualTo("godwit " + Release.VERSION + "\n");
  }

  @Test
  void unknownCommandAndOptionSuggest() {
    Outcome command = godwit("migrat");
    assertThat(command.status()).isEqualTo(2);
    assertThat(command.err()).startsWith("GW-CLI-003: ").contains("did you mean migrate?");
    Outcome option = godwit("ps", "--dependancies");
    assertThat(option.status()).isEqualTo(2);
    assertThat(option.err()).startsWith("GW-CLI-002: ").contains("--dependencies");
  }

  @Test
  void withoutADaemonTheWayToStartOneIsTold() {
    Outcome outcome = godwit("ps", "--socket", directory.resolve("none").toString());
    assertThat(outcome.status()).isEqualTo(6);
    assertThat(outcome.err()).startsWith("GW-CLI-001: ").contains("sudo godwit node");
  }

  @Test
  void processesAreListedAsTextAndJson() {
    assertThat(godwit("run", "--detach", "--name", "sleeper", "sleep", "60").out())
        .isEqualTo("sleeper\n");
    assertThat(godwit("ps").out()).contains("NAME", "sleeper", "running", "sleep 60");
    assertThat(godwit("ps", "--dependencies").out()).contains("its terminal is there");
    JsonObject listing = godwit("ps", "--json").json();
    assertThat(listing.getAsJsonArray("processes").get(0).getAsJsonObject().get("name"))
        .hasToString("\"sleeper\"");
  }

  @Test
  void nodesAndVersion() {
    assertThat(godwit("nodes").out()).contains("*alpha", "127.0.0.1:7171", "ready");
    assertThat(godwit("nodes", "--json").json().getAsJsonArray("nodes")).hasSize(1);
    assertThat(godwit("version").out()).contains("godwit 0.1.0", "daemon 0.1.0");
    assertThat(godwit("version", "--json").json().get("daemon").getAsString()).isEqualTo("0.1.0");
  }

  @Test
  void topPrintsOneSnapshotWhereThereIsNoTerminal() {
    godwit("run", "--detach", "--name", "seen", "sleep", "60");
    Outcome top = godwit("top");
    assertThat(top.status()).as(top.err()).isZero();
    assertThat(top.out())
        .contains("alpha of flock   1 node, 1 process, 0 moving", "*alpha", "13/0/3")
        .contains("idle 1m30s", "seen", "sleep 60")
        .doesNotContain("\u001b");
    JsonObject json = godwit("top", "--json", "--interval", "0.5").json();
    assertThat(json.getAsJsonArray("nodes")).hasSize(1);
    assertThat(json.getAsJsonArray("processes")).hasSize(1);
    assertThat(json.getAsJsonArray("moves")).isEmpty();
    assertThat(json.getAsJsonArray("decisions")).isEmpty();
    for (String bad : List.of("0", "-1", "NaN", "3601", "soon")) {
      assertThat(godwit("top", "--once", "--interval", bad).status()).as(bad).isEqualTo(2);
    }
  }

  @Test
  void attachedRunPassesInputOutputErrorsAndStatus() {
    Outcome outcome =
        godwit(
            new ByteArrayInputStream("one\ntwo\n".getBytes(StandardCharsets.UTF_8)),
            "run",
            "--env",
            "WHO=me",
            "--workdir",
            directory.toString(),
            "--",
            "sh",
            "-c",
            "cat; echo $WHO in $PWD >&2; exit 7");
    assertThat(outcome.out()).isEqualTo("one\ntwo\n");
    assertThat(outcome.err()).isEqualTo("me in " + directory + "\n");
    assertThat(outcome.status()).isEqualTo(7);
  }

  @Test
  void attachedRunCarriesManyBytesUnharmed() {
    byte[] bytes = new byte[3_000_000];
    new java.util.Random(1).nextBytes(bytes);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CommandIo io =
        new CommandIo(
            new ByteArrayInputStream(bytes),
            new PrintStream(out),
            System.err,
            System.getenv(),
            false,
            false,
            false);
    assertThat(Main.run(List.of("run", "--socket", socket.toString(), "cat"), io)).isZero();
    assertThat(out.toByteArray()).isEqualTo(bytes);
  }

  @Test
  void optionsOfTheProgramAreItsOwn() {
    assertThat(godwit("run", "echo", "--json", "--detach").out()).isEqualTo("--json --detach\n");
  }

  @Test
  void signalWaitAndLogs() {
    godwit(
        "run",
        "-d",
        "--name",
        "trap",
        "--",
        "sh",
        "-c",
        "trap 'echo caught; exit 3' USR1; echo ready; while :; do sleep 0.05; done");
    awaitLog("trap", "ready\n");
    assertThat(godwit("signal", "trap", "SIGUSR1").status()).isZero();
    assertThat(godwit("wait", "trap").status()).isEqualTo(3);
    assertThat(godwit("logs", "-f", "trap").out()).isEqualTo("ready\ncaught\n");
    assertThat(godwit("attach", "--replay", "--no-stdin", "trap").status()).isEqualTo(3);
    assertThat(godwit("logs", "--json", "trap").out()).contains("{\"stream\":\"output\",\"text\":");
    assertThat(godwit("ps").out()).doesNotContain("trap");
    assertThat(godwit("ps", "--all").out()).contains("exited 3");
  }

  private void awaitLog(String name, String expected) {
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (!godwit("logs", name).out().equals(expected)) {
      assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
    }
  }

  @Test
  void aDeathBySignalIsReportedAsShellsDo() {
    godwit("run", "-d", "--name", "victim", "sleep", "60");
    assertThat(godwit("signal", "victim", "9").status()).isZero();
    assertThat(godwit("wait", "--json", "victim").status()).isEqualTo(137);
    assertThat(godwit("ps", "--all").out()).contains("ended by SIGKILL");
  }

  @Test
  void migrateReportsFreezeTimeAndRefusesUnknownNodes() {
    godwit("run", "-d", "--name", "mover", "sleep", "60");
    Outcome moved = godwit("migrate", "mover", "--to", "beta");
    assertThat(moved.status()).isZero();
    assertThat(moved.out()).contains("mover moved from alpha to beta", "frozen for 12.3 ms");
    assertThat(godwit("migrate", "mover", "--to", "beta", "--json").json().get("freezeMicros"))
        .hasToString("12345");
    Outcome refused = godwit("migrate", "mover", "--to", "gamma");
    assertThat(refused.status()).isEqualTo(4);
    assertThat(refused.err()).contains("GW-NODE-903", "there is no node 'gamma'", "godwit nodes");
  }

  @Test
  void noSuchProcess() {
    for (String[] line :
        new String[][] {
          {"signal", "ghost"},
          {"wait", "ghost"},
          {"logs", "ghost"},
          {"attach", "ghost"},
          {"migrate", "ghost", "--to", "beta"}
        }) {
      Outcome outcome = godwit(line);
      assertThat(outcome.status()).as(line[0]).isEqualTo(4);
      assertThat(outcome.err()).startsWith("GW-NODE-901: there is no process 'ghost'");
    }
    assertThat(godwit("adopt", "4194304").err()).startsWith("GW-CONTROL-011: ");
  }

  @Test
  void badValuesAreNamed() {
    assertThat(godwit("adopt", "me").err()).startsWith("GW-CLI-006: ").contains("'me'");
    assertThat(godwit("signal", "x", "SIGNONE").err()).contains("'SIGNONE' is no signal");
    assertThat(godwit("run", "--name", "1st", "true").err()).startsWith("GW-CLI-006: ");
    assertThat(godwit("run").status()).isEqualTo(2);
    assertThat(godwit("completion", "fish").err()).contains("neither bash nor zsh");
    assertThat(godwit("token", "--valid", "0").status()).isEqualTo(2);
  }

  @Test
  void clusterCommands() {
    assertThat(godwit("init", "--name", "flock").out()).contains("cluster flock", "abab");
    assertThat(godwit("token", "--valid", "10").out()).contains("token-of-10-minutes");
    assertThat(godwit("token", "--json").json().get("token").getAsString())
        .isEqualTo("token-of-60-minutes");
    assertThat(godwit("join", "alpha:7171", "secret").out()).contains("joined cluster flock");
  }

  @Test
  void adoptGivesAName() {
    String pid = Long.toString(ProcessHandle.current().pid());
    assertThat(godwit("adopt", pid, "--name", "self").out()).startsWith("self: process " + pid);
  }

  @Test
  void bashCompletesWhatTheDaemonKnows() throws Exception {
    godwit("run", "--detach", "--name", "sleeper", "sleep", "60");
    Path script = directory.resolve("completion.bash");
    Files.writeString(script, godwit("completion", "bash").out());
    // The program, which the script asks, prints what the commands of a daemon would.
    Path program = directory.resolve("godwit");
    Files.writeString(
        program,
        """
        #!/bin/sh
        echo "$@" >> %s/asked
        case $1 in
          ps) printf '%%s' "$PS" ;;
          jobs) printf 'JOB NAME\\n17[3] alpha-17.3 x\\n18 sim x\\n' ;;
          nodes) printf 'NODE\\n*alpha x\\nbeta x\\n' ;;
          queues) printf 'QUEUE\\nnight 1\\n' ;;
        esac
        """
            .formatted(directory));
    assertThat(program.toFile().setExecutable(true)).isTrue();
    String ps = godwit("ps").out();
    assertThat(complete(script, ps, "hold", ""))
        .containsExactly("17\\[3\\]", "alpha-17.3", "18", "sim");
    assertThat(complete(script, ps, "cancel", "17")).containsExactly("17\\[3\\]");
    assertThat(complete(script, ps, "migrate", "sl")).containsExactly("sleeper");
    assertThat(complete(script, ps, "migrate", "sleeper", "--to", ""))
        .containsExactly("alpha", "beta");
    assertThat(complete(script, ps, "migrate", "--strategy", "pre")).containsExactly("precopy");
    assertThat(complete(script, ps, "drain", "b")).containsExactly("beta");
    assertThat(complete(script, ps, "submit", "--queue", "")).containsExactly("night");
    assertThat(complete(script, ps, "explain", "")).containsExactly("sleeper");
    assertThat(complete(script, ps, "signal", "sleeper", "K")).containsExactly("KILL");
    assertThat(complete(script, ps, "wait", "--socket", "/x", "")).containsExactly("sleeper");
    assertThat(Files.readString(directory.resolve("asked"))).endsWith("ps --socket /x\n");
    assertThat(complete(script, ps, "ps", "--dep")).containsExactly("--dependencies");
    assertThat(complete(script, ps, "to")).containsExactly("token", "top");
    // A directory, and not a node.
    assertThat(complete(script, ps, "checkpoint", "sleeper", "--to", "")).isEmpty();
  }

  private List<String> complete(Path script, String ps, String... typed) throws Exception {
    List<String> line =
        new java.util.ArrayList<>(
            List.of(
                "bash",
                "--norc",
                "-c",
                """
                compopt() { :; }
                source "$1"; shift
                COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
                _godwit
                [ ${#COMPREPLY[@]} -eq 0 ] || printf '%s\\n' "${COMPREPLY[@]}"
                """,
                "bash",
                script.toString(),
                directory.resolve("godwit").toString()));
    line.addAll(List.of(typed));
    ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
    builder.environment().put("PS", ps);
    Process bash = builder.start();
    String told = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(bash.waitFor()).as(told).isZero();
    return told.lines().toList();
  }

  @Test
  void completionScriptsKnowEveryCommandAndOption() {
    for (String shell : List.of("bash", "zsh")) {
      String script = godwit("completion", shell).out();
      assertThat(script).contains(names().toList()).contains("--dependencies", "--strategy");
    }
  }
}

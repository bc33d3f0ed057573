package io.godwit.node.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.core.GodwitException;
import io.godwit.linux.Fd;
import io.godwit.linux.launch.FdCalls;
import io.godwit.linux.launch.TerminalCalls.WindowSize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real pods of real programs. Needs root and a cgroup v2 hierarchy. */
class PodRoomTest {
  @TempDir Path state;
  private PodRoom room;

  @BeforeEach
  void open() {
    Assumptions.assumeTrue(
        ProcessHandle.current().info().user().orElse("").equals("root"), "pods need root");
    room = new PodRoom(state);
  }

  @AfterEach
  void close() throws Exception {
    if (room != null) {
      for (Pod pod : room.all()) {
        pod.kill();
        pod.ended().get(20, TimeUnit.SECONDS);
      }
      room.close();
    }
  }

  @Test
  void aProgramSeesItsOwnNamespacesAndItsStatusIsReported() throws Exception {
    Pod pod =
        room.create(
            shell(
                "see",
                "echo $$; hostname; cat /proc/1/comm; ls /proc | grep -c '^[0-9]'; id -u; pwd;"
                    + " umask; ulimit -n; exit 7"));

    assertThat(output(pod).lines())
        .startsWith("2", "pod-see", "godwit-init")
        .endsWith("0", "/tmp", "0022", "1024");
    assertThat(pod.mainStatus().get(10, TimeUnit.SECONDS)).isEqualTo(7 << 8);
    pod.ended().get(10, TimeUnit.SECONDS);
    assertThat(pod.cgroup().directory()).doesNotExist();
    assertThat(room.all()).isEmpty();
  }

  @Test
  void aProgramRunsAsItsUserAndGroups() throws Exception {
    PodSpec.Program program =
        new PodSpec.Program(
            "sh",
            List.of("sh", "-c", "id -u; id -g; id -G"),
            List.of("PATH=/usr/bin:/bin"),
            "/",
            new PodSpec.Owner(65534, 65533, List.of(65533, 5)),
            0,
            List.of());

    assertThat(output(room.create(pipes("user", program))).lines())
        .containsExactly("65534", "65533", "65533 5");
  }

  @Test
  void aTerminalIsTheControllingTerminalOfTheProgram() throws Exception {
    PodSpec spec =
        new PodSpec(
            "tty",
            "pod-tty",
            false,
            new PodSpec.Console.Terminal(new WindowSize(33, 111, 0, 0)),
            TimeOffsets.here(),
            program("tty; stty size; echo hello >/dev/tty; ls /dev/pts | sort | tr '\\n' ' '"));
    Pod pod = room.create(spec);

    assertThat(output(pod)).startsWith("/dev/pts/0\r\n33 111\r\nhello\r\n0 ptmx");
  }

  @Test
  void orphansAreReapedAndThePodLivesUntilTheLastOfThemHasEnded() throws Exception {
    Pod pod = room.create(shell("orphan", "(sleep 1; echo late) & exit 0"));

    assertThat(pod.mainStatus().get(10, TimeUnit.SECONDS)).isZero();
    assertThat(pod.ended()).isNotDone();
    assertThat(output(pod)).isEqualTo("late\n");
    pod.ended().get(10, TimeUnit.SECONDS);
  }

  @Test
  void theInitPassesSignalsOnToTheProgram() throws Exception {
    Pod pod =
        room.create(shell("pass", "trap 'echo got; exit 3' USR1; echo ready; sleep 30 & wait"));
    awaitOutput(pod, "ready");

    io.godwit.linux.launch.ProcessHandles.signal(pod.initHandle(), 10);

    assertThat(pod.mainStatus().get(10, TimeUnit.SECONDS)).isEqualTo(3 << 8);
    pod.kill();
    pod.ended().get(10, TimeUnit.SECONDS);
  }

  @Test
  void anEndOfInputAndAClosedOutputReachTheProgram() throws Exception {
    Pod pod = room.create(shell("ends", "cat >/dev/null; echo input ended >&2; exec yes"));
    pod.closeInput();
    awaitOutput(pod, "input ended");

    pod.closeOutput(false);

    assertThat(pod.mainStatus().get(10, TimeUnit.SECONDS)).isEqualTo(13); // SIGPIPE
  }

  @Test
  void thePodsClocksDifferAsToldAndGoOn() throws Exception {
    long hour = 3_600_000_000_000L;
    PodSpec spec =
        new PodSpec(
            "clock",
            "pod-clock",
            false,
            new PodSpec.Console.Pipes(),
            new TimeOffsets(5 * hour, 7 * hour),
            program("read up idle </proc/uptime; echo $up"));
    double here = new TimeOffsets(5 * hour, 7 * hour).now().bootNanos() / 1e9;

    double there = Double.parseDouble(output(room.create(spec)).trim());

    assertThat(there).isBetween(here - 1, here + 20);
    TimeOffsets.Clocks clocks = new TimeOffsets(-hour, hour).now();
    TimeOffsets again = TimeOffsets.continuing(clocks);
    assertThat(Math.abs(again.monotonicNanos() + hour)).isLessThan(1_000_000_000L);
  }

  @Test
  void aNetworkNamespaceHasItsLoopback() throws Exception {
    PodSpec spec =
        new PodSpec(
            "net",
            "pod-net",
            true,
            new PodSpec.Console.Pipes(),
            TimeOffsets.here(),
            program(
                "cat /proc/net/dev | tail -n +3 | cut -d: -f1 | tr -d ' '; cat"
                    + " /proc/net/if_inet6"));

    assertThat(output(room.create(spec)))
        .contains("lo\n")
        .contains("00000000000000000000000000000001");
  }

  @Test
  void whatCannotBeExecutedIsNamedBeforeThePodIsSaidToRun() throws Exception {
    Path text = Files.writeString(state.resolve("text"), "no program");
    refused("/no/such/program", "GW-POD-001");
    refused("no-such-program-anywhere", "GW-POD-001");
    refused(text.toString(), "GW-POD-002");
    Files.setPosixFilePermissions(
        text, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
    refused(text.toString(), "GW-POD-003");
    assertThat(room.all()).isEmpty();
  }

  private void refused(String file, String code) {
    PodSpec.Program program =
        new PodSpec.Program(
            file, List.of(file), List.of(), "/", PodSpec.Owner.ROOT, 022, List.of());
    assertThatThrownBy(() -> room.create(pipes("bad", program)))
        .isInstanceOfSatisfying(
            GodwitException.class, e -> assertThat(e.code().code()).isEqualTo(code));
  }

  @Test
  void aMissingDirectoryIsNamed() {
    PodSpec.Program program =
        new PodSpec.Program(
            "/bin/true", List.of("true"), List.of(), "/no/such", PodSpec.Owner.ROOT, 0, List.of());
    assertThatThrownBy(() -> room.create(pipes("dir", program)))
        .isInstanceOf(GodwitException.class)
        .hasMessageContaining("GW-POD-004")
        .hasMessageContaining("/no/such");
  }

  @Test
  void aRestartedDaemonFindsItsPodsAndTheirStreams() throws Exception {
    Pod pod = room.create(shell("again", "read line; echo got $line; exit 5"));
    room.close();
    room = new PodRoom(state);

    List<Pod> found = room.readopt();

    assertThat(found).extracting(Pod::id).containsExactly("again");
    Pod same = found.get(0);
    assertThat(same.init()).isEqualTo(pod.init());
    Fd input = ((PodStreams.Pipes) same.streams()).input();
    FdCalls.write(input, "word\n".getBytes(StandardCharsets.US_ASCII), 0, 5);
    assertThat(output(same)).isEqualTo("got word\n");
    assertThat(same.mainStatus().get(10, TimeUnit.SECONDS)).isEqualTo(5 << 8);
    same.ended().get(10, TimeUnit.SECONDS);
  }

  @Test
  void aPodWhoseStreamsWereClosedIsFoundAgainAndGoesOn() throws Exception {
    Pod pod = room.create(shell("shut", "cat >/dev/null; echo read >&2; sleep 60"));
    pod.closeInput();
    awaitOutput(pod, "read");
    pod.closeOutput(false);
    pod.streams().close();
    room.close();
    room = new PodRoom(state);

    List<Pod> found = room.readopt();

    assertThat(found).extracting(Pod::id).containsExactly("shut");
    assertThat(found.getFirst().mainProcess()).isPresent();
    assertThat(found.getFirst().signal(9)).contains(true);
    assertThat(found.getFirst().mainStatus().get(10, TimeUnit.SECONDS)).isEqualTo(9);
  }

  @Test
  void aPodThatEndedWhileNoDaemonWasThereIsForgotten() throws Exception {
    Pod pod = room.create(shell("gone", "sleep 60"));
    Path cgroup = pod.cgroup().directory();
    room.close();
    Files.writeString(cgroup.resolve("cgroup.kill"), "1");
    eventually(() -> io.godwit.linux.launch.ProcessHandles.reap(pod.init()).isPresent());
    pod.streams().close();
    room = new PodRoom(state);

    assertThat(room.readopt()).isEmpty();
    assertThat(cgroup).doesNotExist();
    assertThat(state.resolve("pods/gone/pod.properties")).doesNotExist();
  }

  @Test
  void aFrozenPodStopsAndGoesOn() throws Exception {
    Pod pod = room.create(shell("cold", "while :; do echo tick; sleep 0.01; done"));
    awaitOutput(pod, "tick");
    pod.cgroup().freeze();
    readAll(pod);
    assertThat(readAll(pod)).isEmpty();
    pod.cgroup().thaw();
    awaitOutput(pod, "tick");
    pod.cgroup().freeze();
    pod.relinquish();
    pod.ended().get(10, TimeUnit.SECONDS);
    assertThat(pod.mainStatus()).isNotDone();
  }

  @Test
  void nothingOfTwoHundredPodsIsLeft() throws Exception {
    cycle("warm", 3);
    long descriptors = count(Path.of("/proc/self/fd"));
    long mounts = Files.readAllLines(Path.of("/proc/self/mountinfo")).size();
    long children = ProcessHandle.current().children().count();
    long namespaces = namespaces();

    cycle("many", 200);

    assertThat(count(Path.of("/proc/self/fd"))).isEqualTo(descriptors);
    assertThat(Files.readAllLines(Path.of("/proc/self/mountinfo"))).hasSize((int) mounts);
    assertThat(ProcessHandle.current().children().count()).isEqualTo(children);
    assertThat(namespaces()).isLessThanOrEqualTo(namespaces);
    assertThat(count(state.resolve("pods"))).isZero();
  }

  private void cycle(String prefix, int times) throws Exception {
    for (int i = 0; i < times; i++) {
      Pod pod = room.create(shell(prefix + i, i % 2 == 0 ? "exit 0" : "sleep 60"));
      Path cgroup = pod.cgroup().directory();
      if (i % 2 != 0) {
        pod.kill();
      }
      pod.ended().get(20, TimeUnit.SECONDS);
      pod.streams().close();
      assertThat(cgroup).doesNotExist();
    }
  }

  /** Different namespaces of all processes of the machine that are below this one. */
  private static long namespaces() {
    return ProcessHandle.current()
        .descendants()
        .flatMap(
            p ->
                Stream.of("pid", "mnt", "uts", "ipc", "time")
                    .map(kind -> Path.of("/proc/" + p.pid() + "/ns/" + kind)))
        .map(
            link -> {
              try {
                return Files.readSymbolicLink(link).toString();
              } catch (IOException ended) {
                return "";
              }
            })
        .distinct()
        .count();
  }

  private static long count(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.count();
    }
  }

  static PodSpec shell(String id, String script) {
    return pipes(id, program(script));
  }

  static PodSpec.Program program(String script) {
    return new PodSpec.Program(
        "sh",
        List.of("sh", "-c", script),
        List.of("PATH=/usr/bin:/bin"),
        "/tmp",
        PodSpec.Owner.ROOT,
        022,
        List.of());
  }

  static PodSpec pipes(String id, PodSpec.Program program) {
    return new PodSpec(
        id, "pod-" + id, false, new PodSpec.Console.Pipes(), TimeOffsets.here(), program);
  }

  /** Reads the output (and the errors, behind it) until the program's end. */
  private static String output(Pod pod) {
    StringBuilder text = new StringBuilder();
    eventually(() -> !drain(pod, text));
    return text.toString();
  }

  private static String readAll(Pod pod) {
    StringBuilder text = new StringBuilder();
    drain(pod, text);
    return text.toString();
  }

  private static void awaitOutput(Pod pod, String expected) {
    StringBuilder text = new StringBuilder();
    eventually(
        () -> {
          drain(pod, text);
          return text.indexOf(expected) >= 0;
        });
  }

  /** False when the stream has ended. */
  private static boolean drain(Pod pod, StringBuilder into) {
    boolean open = false;
    for (Fd fd :
        switch (pod.streams()) {
          case PodStreams.Pipes pipes -> List.of(pipes.output(), pipes.error());
          case PodStreams.Terminal terminal -> List.of(terminal.master());
        }) {
      byte[] bytes = new byte[65536];
      int count;
      try {
        while ((count = FdCalls.read(fd, bytes)) > 0) {
          into.append(new String(bytes, 0, count, StandardCharsets.UTF_8));
        }
      } catch (io.godwit.linux.LinuxException hangUp) {
        count = 0;
      }
      open |= count == FdCalls.NOTHING;
    }
    return open;
  }

  static void eventually(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not within 20 s");
      }
      Thread.onSpinWait();
    }
  }
}

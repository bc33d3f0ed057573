package io.godwit.node.daemon;

import static io.godwit.node.daemon.LocalDaemons.ROOT;
import static io.godwit.node.daemon.LocalDaemons.await;
import static io.godwit.node.daemon.LocalDaemons.program;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.core.control.ClusterView;
import io.godwit.core.control.ConsoleStream;
import io.godwit.core.control.JoinToken;
import io.godwit.core.control.NodeView;
import io.godwit.core.control.ProcessExit;
import io.godwit.core.control.ProcessView;
import io.godwit.node.NodeError;
import io.godwit.node.control.Attachment;
import io.godwit.node.control.ConsoleSink;
import io.godwit.node.metrics.PrometheusText;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real daemons with real pods on 127.0.0.1. */
class DaemonTest {
  @TempDir Path directory;

  @BeforeEach
  void needsRoot() throws Exception {
    LocalDaemons.assumePossible();
  }

  @Test
  void aProgramRunsIsListedSignalledAndItsExitIsTold() throws Exception {
    try (Daemon daemon = LocalDaemons.start(directory, "alpha")) {
      ProcessView sleeper = daemon.operations().run(ROOT, program("node-sleeper", "sleep", "1000"));
      assertThat(sleeper.state()).isEqualTo(ProcessView.State.RUNNING);
      assertThat(sleeper.hostPid()).isPositive();
      assertThat(sleeper.home()).isEqualTo("alpha");
      assertThat(daemon.operations().find(Integer.toString(sleeper.hostPid())).name())
          .isEqualTo("node-sleeper");
      assertFails(
          NodeError.POD_NAME_TAKEN,
          () -> daemon.operations().run(ROOT, program("node-sleeper", "true")));
      daemon.operations().signal(sleeper, 15);
      assertThat(daemon.operations().await(sleeper)).isEqualTo(new ProcessExit(0, 15, false));
      ProcessView ended = daemon.operations().find("node-sleeper");
      assertThat(ended.state()).isEqualTo(ProcessView.State.EXITED);
      assertThat(ended.exit()).isEqualTo(new ProcessExit(0, 15, false));
      assertFails(NodeError.UNKNOWN_PROCESS, () -> daemon.operations().find("nobody"));
    }
  }

  @Test
  void inputAndOutputPassThrough() throws Exception {
    try (Daemon daemon = LocalDaemons.start(directory, "alpha")) {
      ProcessView cat =
          daemon
              .operations()
              .run(ROOT, program("node-cat", "sh", "-c", "cat; echo error >&2; exit 3"));
      Sink sink = new Sink();
      try (Attachment console = daemon.operations().attach(cat, true, sink)) {
        console.input(ByteBuffer.wrap("over the sea\n".getBytes(StandardCharsets.UTF_8)));
        console.endOfInput();
        assertThat(sink.exit.get(30, TimeUnit.SECONDS)).isEqualTo(new ProcessExit(3, 0, false));
      }
      assertThat(sink.text(ConsoleStream.OUTPUT)).isEqualTo("over the sea\n");
      assertThat(sink.text(ConsoleStream.ERROR)).isEqualTo("error\n");
      Sink log = new Sink();
      ProcessView ended = daemon.operations().find("node-cat");
      try (Attachment logs = daemon.operations().logs(ended, false, 1 << 20, log)) {
        assertThat(log.exit.get(30, TimeUnit.SECONDS)).isEqualTo(new ProcessExit(3, 0, false));
        assertThat(logs).isNotNull();
      }
      assertThat(log.text(ConsoleStream.OUTPUT)).isEqualTo("over the sea\n");
    }
  }

  @Test
  void podsOutliveTheDaemonAndAreTakenUpAgain() throws Exception {
    int pid;
    try (Daemon daemon = LocalDaemons.start(directory, "alpha")) {
      pid = daemon.operations().run(ROOT, program("node-lasting", "sleep", "1000")).hostPid();
    }
    assertThat(Files.exists(Path.of("/proc/" + pid))).isTrue();
    try (Daemon daemon = LocalDaemons.start(directory, "alpha")) {
      ProcessView found = daemon.operations().find("node-lasting");
      assertThat(found.hostPid()).isEqualTo(pid);
      assertThat(found.state()).isEqualTo(ProcessView.State.RUNNING);
      daemon.operations().signal(found, 9);
      assertThat(daemon.operations().await(found)).isEqualTo(new ProcessExit(0, 9, false));
    }
  }

  @Test
  void figuresAreToldOverHttp() throws Exception {
    try (Daemon daemon = LocalDaemons.start(directory, "alpha");
        HttpClient client = HttpClient.newHttpClient()) {
      ProcessView sleeper = daemon.operations().run(ROOT, program("node-counted", "sleep", "1000"));
      InetSocketAddress at = daemon.metricsAddress();
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + at.getPort() + "/metrics"))
              .build();
      String text = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
      daemon.operations().signal(sleeper, 9);
      assertThat(daemon.operations().await(sleeper)).isEqualTo(new ProcessExit(0, 9, false));
      Map<String, Double> figures = PrometheusText.parse(text);
      assertThat(figures)
          .containsEntry("godwit_processes{state=\"running\"}", 1.0)
          .containsEntry("godwit_processes{state=\"in_doubt\"}", 0.0)
          .containsEntry("godwit_guests", 0.0)
          .containsEntry("godwit_jobs{state=\"pending\"}", 0.0);
      assertThat(figures.get("process_open_fds")).isPositive();
      assertThat(figures.get("jvm_memory_used_bytes{area=\"heap\"}")).isPositive();
      assertThat(text).contains("godwit_node_info{node=\"alpha\",").doesNotContain("node-counted");
    }
  }

  @Test
  void oneStateDirectoryHasOneDaemon() {
    try (Daemon daemon = LocalDaemons.start(directory, "alpha")) {
      assertThat(daemon.link()).isNull();
      assertFails(NodeError.ALREADY_RUNNING, () -> LocalDaemons.start(directory, "alpha"));
    }
  }

  @Test
  void nodesFoundAndEnterClustersWhileTheyRun() throws Exception {
    try (Daemon alpha = LocalDaemons.start(directory, "alpha");
        Daemon beta = LocalDaemons.start(directory, "beta")) {
      assertThat(alpha.operations().nodes()).hasSize(1);
      assertFails(
          NodeError.NOT_INITIALIZED,
          () -> {
            ProcessView view = alpha.operations().run(ROOT, program("node-early", "sleep", "1000"));
            try {
              alpha.operations().migrate(view, new NodeId("beta"), "", progress -> {});
            } finally {
              alpha.operations().signal(view, 9);
            }
          });
      ClusterView founded = alpha.operations().createCluster("flock");
      JoinToken token = alpha.operations().createToken(Duration.ofMinutes(1));
      ClusterView joined = beta.operations().join(token.address(), token.token());
      assertThat(joined.fingerprint()).isEqualTo(founded.fingerprint());
      await(
          "both nodes are ready in both lists",
          () ->
              List.of(alpha, beta).stream()
                  .allMatch(
                      d ->
                          d.operations().nodes().stream()
                                  .filter(n -> n.state() == NodeView.State.READY)
                                  .count()
                              == 2));
      ProcessView there =
          beta.operations().run(ROOT, program("node-far", "sh", "-c", "sleep 1000"));
      await(
          "alpha knows of it",
          () ->
              alpha.operations().processes(false).stream()
                  .anyMatch(p -> p.name().equals("node-far") && p.node().equals("beta")));
      CompletableFuture<ProcessExit> exit =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return alpha.operations().await(alpha.operations().find("node-far"));
                } catch (InterruptedException stopped) {
                  throw new IllegalStateException(stopped);
                }
              });
      alpha.operations().signal(alpha.operations().find("node-far"), 9);
      assertThat(exit.get(30, TimeUnit.SECONDS)).isEqualTo(new ProcessExit(0, 9, false));
      assertThat(there.home()).isEqualTo("beta");
    }
  }

  private static final class Sink implements ConsoleSink {
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final ByteArrayOutputStream error = new ByteArrayOutputStream();
    final CompletableFuture<ProcessExit> exit = new CompletableFuture<>();

    @Override
    public synchronized void output(ConsoleStream stream, ByteBuffer bytes) {
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      (stream == ConsoleStream.ERROR ? error : output).writeBytes(copy);
    }

    @Override
    public void exited(ProcessExit status) {
      exit.complete(status);
    }

    @Override
    public void end() {}

    synchronized String text(ConsoleStream stream) {
      return (stream == ConsoleStream.ERROR ? error : output).toString(StandardCharsets.UTF_8);
    }
  }

  private static void assertFails(
      NodeError code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatExceptionOfType(GodwitException.class)
        .isThrownBy(call)
        .satisfies(e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }
}

package io.godwit.it.cluster;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.godwit.app.testbed.TestNode;
import io.godwit.app.testbed.Testbed;
import io.godwit.cli.ControlClient;
import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.core.control.JoinToken;
import io.godwit.core.control.Method;
import io.godwit.core.control.MigrateSpec;
import io.godwit.core.control.MigrationReport;
import io.godwit.core.control.NodeView;
import io.godwit.core.control.ProcessExit;
import io.godwit.core.control.ProcessView;
import io.godwit.core.control.RunSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.Assumptions;

/** Daemons that have joined one cluster, and the requests that a command would make of them. */
public final class Cluster implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final Testbed testbed;
  private final Consumer<TestNode> starter;

  private Cluster(Testbed testbed, Consumer<TestNode> starter) {
    this.testbed = testbed;
    this.starter = starter;
  }

  /** Starts daemons of these names and joins them; the first one founded the cluster. */
  public static Cluster of(String... names) {
    return of(List.of(), names);
  }

  /**
   * As above.
   *
   * @param javaOptions for every daemon's virtual machine
   */
  public static Cluster of(List<String> javaOptions, String... names) {
    return of(node -> node.start(javaOptions), names);
  }

  /**
   * As above.
   *
   * @param starter starts the daemon of a node, now and after each of its deaths
   */
  public static Cluster of(Consumer<TestNode> starter, String... names) {
    Path directory;
    try {
      directory = Files.createTempDirectory("gw-it");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    Testbed testbed = Testbed.create(directory, Arrays.stream(names).map(NodeId::new).toList());
    Cluster cluster = new Cluster(testbed, starter);
    try {
      for (TestNode node : testbed.nodes()) {
        starter.accept(node);
      }
      cluster.join();
      return cluster;
    } catch (RuntimeException e) {
      testbed.close();
      throw e;
    }
  }

  /** Skips the test, saying why, where no node can be made. */
  public static void assumePossible() {
    Assumptions.assumeTrue(
        ProcessHandle.current().info().user().orElse("").equals("root"), "namespaces need root");
    try {
      Assumptions.assumeTrue(
          Files.readString(Path.of("/proc/self/mounts")).contains(" cgroup2 "),
          "pods need a cgroup v2 hierarchy, which is not mounted here");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void join() {
    TestNode first = testbed.nodes().getFirst();
    JsonObject name = new JsonObject();
    name.addProperty("name", "it");
    ask(first, Method.INIT, name);
    for (TestNode node : testbed.nodes().subList(1, testbed.nodes().size())) {
      JsonObject validity = new JsonObject();
      validity.addProperty("validSeconds", 60);
      JoinToken token = JoinToken.of(ask(first, Method.TOKEN, validity));
      JsonObject join = new JsonObject();
      join.addProperty("address", token.address());
      join.addProperty("token", token.token());
      ask(node, Method.JOIN, join);
    }
    for (TestNode node : testbed.nodes()) {
      await(
          node.name() + " sees all nodes",
          () ->
              ask(node, Method.NODES, new JsonObject()).getAsJsonArray("nodes").size()
                  == testbed.nodes().size());
    }
  }

  /** Starts the daemon of a node again and waits until all nodes hear each other. */
  public void restart(TestNode node) {
    starter.accept(node);
    awaitHeard();
  }

  /** Waits until every node whose daemon runs hears all others. */
  public void awaitHeard() {
    List<TestNode> running = testbed.nodes().stream().filter(TestNode::running).toList();
    for (TestNode each : running) {
      await(
          each.name() + " hears " + (running.size() - 1) + " others",
          () -> ready(each) == running.size());
    }
  }

  private static long ready(TestNode node) {
    return ask(node, Method.NODES, new JsonObject()).getAsJsonArray("nodes").asList().stream()
        .map(each -> NodeView.of(each.getAsJsonObject()))
        .filter(each -> each.state() == NodeView.State.READY)
        .count();
  }

  public Testbed testbed() {
    return testbed;
  }

  public TestNode node(String name) {
    return testbed.node(new NodeId(name));
  }

  /** One request as a command makes it. */
  public static JsonObject ask(TestNode node, Method method, JsonObject parameters) {
    try (ControlClient client = ControlClient.connect(node.controlSocket())) {
      return client.ask(method, parameters);
    } catch (GodwitException failed) {
      failed.addSuppressed(new IllegalStateException(node.name() + " printed: " + node.tail()));
      throw failed;
    }
  }

  /** Starts a program in a pod of a node. */
  public static ProcessView run(TestNode node, String name, Path directory, List<String> command) {
    List<String> environment = new ArrayList<>();
    environment.add("PATH=" + System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
    environment.add("HOME=" + directory);
    environment.add("LANG=C.UTF-8");
    RunSpec spec = RunSpec.unattended(name, command, environment, directory.toString());
    return ProcessView.of(ask(node, Method.RUN, spec.toJson()));
  }

  /** Moves a pod, asking the node that holds it. */
  public static MigrationReport move(TestNode from, String name, TestNode to) {
    return move(from, name, to, "");
  }

  /** As above, by a strategy. */
  public static MigrationReport move(TestNode from, String name, TestNode to, String strategy) {
    return move(from, new MigrateSpec(name, to.name().name(), strategy));
  }

  /** As above, as it is specified. */
  public static MigrationReport move(TestNode from, MigrateSpec how) {
    return MigrationReport.of(ask(from, Method.MIGRATE, how.toJson()));
  }

  /** Waits for the end of a pod's program. */
  public static ProcessExit await(TestNode node, String name) {
    JsonObject what = new JsonObject();
    what.addProperty("what", name);
    return ProcessExit.of(ask(node, Method.WAIT, what));
  }

  /** What a node knows of all processes. */
  public static List<ProcessView> processes(TestNode node) {
    JsonObject parameters = new JsonObject();
    parameters.addProperty("dependencies", false);
    JsonArray array = ask(node, Method.PROCESSES, parameters).getAsJsonArray("processes");
    List<ProcessView> views = new ArrayList<>();
    for (JsonElement each : array) {
      views.add(ProcessView.of(each.getAsJsonObject()));
    }
    return views;
  }

  /** What a node knows of one process. */
  public static ProcessView process(TestNode node, String name) {
    return processes(node).stream()
        .filter(p -> p.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(node.name() + " knows no process " + name));
  }

  /** Waits for a condition, bounded, and fails with its name. */
  public static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not within " + PATIENCE_SECONDS + " s: " + what);
      }
      LockSupport.parkNanos(2_000_000);
    }
  }

  @Override
  public void close() {
    testbed.close();
  }
}

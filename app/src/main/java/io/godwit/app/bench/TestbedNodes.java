package io.godwit.app.bench;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.godwit.app.testbed.NodeClient;
import io.godwit.app.testbed.TestbedError;
import io.godwit.bench.TwoNodes;
import io.godwit.cli.ControlClient;
import io.godwit.core.GodwitException;
import io.godwit.core.control.Method;
import io.godwit.core.control.MigrationReport;
import io.godwit.core.control.ProcessView;
import io.godwit.core.control.Progress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Two nodes of a testbed, asked as the commands ask them. */
final class TestbedNodes implements TwoNodes {
  /** A move as the wall clock saw it, which both nodes share. */
  record Span(String pod, int source, Instant begun, Instant ended) {}

  private static final long RESIDUAL_SECONDS = 120;
  private static final long POLL_MILLIS = 2;

  private final List<NodeClient> nodes;
  private final Map<String, Integer> places = new HashMap<>();
  private final List<Span> spans = new ArrayList<>();

  TestbedNodes(List<NodeClient> nodes) {
    this.nodes = List.copyOf(nodes);
  }

  /** Every move so far. */
  List<Span> spans() {
    return List.copyOf(spans);
  }

  @Override
  public void start(String name, List<String> command, Path directory) {
    places.put(name, 0);
    var _ = nodes.getFirst().start(name, command, directory);
  }

  @Override
  public MigrationReport move(String name, String strategy, Consumer<Progress> progress) {
    int from = place(name);
    int to = 1 - from;
    JsonObject params = new JsonObject();
    params.addProperty("what", name);
    params.addProperty("to", name(to));
    params.addProperty("strategy", strategy);
    Instant begun = Instant.now();
    try (ControlClient client = ControlClient.connect(nodes.get(from).node().controlSocket())) {
      MigrationReport report =
          MigrationReport.of(
              client.ask(
                  Method.MIGRATE,
                  params,
                  event -> {
                    if (event.kind().equals(Progress.KIND)) {
                      progress.accept(Progress.of(event.data()));
                    }
                  }));
      places.put(name, to);
      spans.add(new Span(name, from, begun, Instant.now()));
      return report;
    }
  }

  private int place(String name) {
    return places.getOrDefault(name, 0);
  }

  private String name(int node) {
    return nodes.get(node).node().name().name();
  }

  @Override
  public Residual awaitResidual(String name) throws InterruptedException {
    long begun = System.nanoTime();
    long end = begun + TimeUnit.SECONDS.toNanos(RESIDUAL_SECONDS);
    long first = -1;
    while (true) {
      OptionalLong left = bytesBehind(name);
      if (left.isEmpty()) {
        long millis = first < 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        return new Residual(millis, Math.max(0, first));
      }
      first = first < 0 ? left.getAsLong() : first;
      if (System.nanoTime() > end) {
        throw new GodwitException(
            TestbedError.NOT_READY,
            name + " was not measured",
            "after " + RESIDUAL_SECONDS + " s it still needs pages of the node it left",
            "see the daemons' logs");
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  /** Bytes that are still to come from the node that it left; nothing where none are. */
  private OptionalLong bytesBehind(String name) {
    JsonObject params = new JsonObject();
    params.addProperty("dependencies", true);
    JsonObject answer;
    try (ControlClient client =
        ControlClient.connect(nodes.get(place(name)).node().controlSocket())) {
      answer = client.ask(Method.PROCESSES, params);
    }
    for (JsonElement each : answer.getAsJsonArray("processes")) {
      ProcessView process = ProcessView.of(each.getAsJsonObject());
      if (process.name().equals(name)) {
        for (ProcessView.Dependency dependency : process.dependencies()) {
          if (dependency.kind().equals("memory")) {
            String digits = dependency.detail().replaceFirst("\\D.*$", "");
            return OptionalLong.of(digits.isEmpty() ? 0 : Long.parseLong(digits));
          }
        }
      }
    }
    return OptionalLong.empty();
  }

  @Override
  public void signal(String name, int signal) {
    nodes.get(place(name)).signal(name, signal);
  }

  @Override
  public int await(String name) {
    return nodes.getFirst().await(name).shellStatus();
  }
}

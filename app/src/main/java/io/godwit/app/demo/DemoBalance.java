package io.godwit.app.demo;

import com.google.gson.JsonObject;
import io.godwit.app.testbed.NodeClient;
import io.godwit.core.control.ProcessView;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The second part of the demo: programs that want a processor each are started on one node, and the
 * cluster spreads them by itself.
 */
final class DemoBalance {
  private static final List<String> NAMES =
      IntStream.range(0, 8).mapToObj(number -> "load" + number).toList();

  private static final List<String> BUSY = List.of("sh", "-c", "while :; do :; done");

  private static final String PROFILE = "steady";

  /** Nothing moves but by order. */
  private static final String STILL = "none";

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final int SIGKILL = 9;

  private final List<NodeClient> nodes;
  private final Path directory;
  private final Stage stage;

  /**
   * How it went.
   *
   * @param seconds until the programs were spread, or until the patience was over
   * @param most the most programs that one node had then
   * @param fair the most that a node has when all have their share
   * @param moves of all programs together
   * @param lost programs that ran nowhere
   * @param doubled programs that ran on more than one node
   */
  record Result(
      int programs, double seconds, int most, int fair, long moves, long lost, long doubled) {
    boolean ok() {
      return lost == 0 && doubled == 0 && most <= fair;
    }

    String summary() {
      return String.format(
          Locale.ROOT,
          "%d programs on one node were spread by %d moves in %.1f s: at most %d on a node, %d"
              + " lost, %d doubled.",
          programs,
          moves,
          seconds,
          most,
          lost,
          doubled);
    }

    JsonObject toJson() {
      JsonObject json = new JsonObject();
      json.addProperty("programs", programs);
      json.addProperty("seconds", Math.round(seconds * 10) / 10.0);
      json.addProperty("most", most);
      json.addProperty("moves", moves);
      json.addProperty("lost", lost);
      json.addProperty("doubled", doubled);
      return json;
    }
  }

  DemoBalance(List<NodeClient> nodes, Path directory, Stage stage) {
    this.nodes = nodes;
    this.directory = directory;
    this.stage = stage;
  }

  private int fair() {
    return (NAMES.size() + nodes.size() - 1) / nodes.size();
  }

  Result run() throws InterruptedException {
    NodeClient first = nodes.getFirst();
    stage.say(
        "%d programs that never rest start on %s; from now on the cluster balances itself",
        NAMES.size(), first.node().name());
    NAMES.forEach(name -> first.start(name, BUSY, directory));
    first.useProfile(PROFILE);
    long begun = System.nanoTime();
    Map<String, Integer> where = where(first);
    Map<String, Integer> shown = Map.of();
    while (most(where) > fair() && System.nanoTime() - begun < PATIENCE_NANOS) {
      if (!where.equals(shown)) {
        stage.say("running: %s", where);
        shown = where;
      }
      LockSupport.parkNanos(POLL_NANOS);
      where = where(first);
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    stage.say("running: %s, spread in %.1f s", where, seconds);
    first.useProfile(STILL);
    Result result = counted(first, seconds, most(where));
    for (String name : NAMES) {
      first.signal(name, SIGKILL);
    }
    return result;
  }

  private Result counted(NodeClient first, double seconds, int most) throws InterruptedException {
    long lost = 0;
    long doubled = 0;
    for (String name : NAMES) {
      long instances = Instances.settled(nodes, name, number -> number == 1);
      lost += instances == 0 ? 1 : 0;
      doubled += instances > 1 ? 1 : 0;
    }
    // Epoch 1 is the start; each move is one more.
    long moves = loads(first).mapToLong(load -> load.epoch() - 1).sum();
    return new Result(NAMES.size(), seconds, most, fair(), moves, lost, doubled);
  }

  private static Stream<ProcessView> loads(NodeClient node) {
    return node.processes().stream().filter(process -> NAMES.contains(process.name()));
  }

  private static Map<String, Integer> where(NodeClient node) {
    Map<String, Integer> count = new TreeMap<>();
    loads(node).forEach(load -> count.merge(load.node(), 1, Integer::sum));
    return count;
  }

  private static int most(Map<String, Integer> where) {
    return where.values().stream().mapToInt(Integer::intValue).max().orElse(0);
  }
}

package io.godwit.app.build;

import io.godwit.app.testbed.NodeClient;
import io.godwit.app.testbed.TestNode;
import io.godwit.app.testbed.Testbed;
import io.godwit.core.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The rehearsal for the daemon's AOT cache: two nodes move a small program to and fro, and the
 * virtual machine of the first one records which classes that loads and which methods it runs hot.
 * With that record a fresh daemon compiles the path of a move before the first one comes.
 */
public final class NodeTraining {
  private static final int MOVES = 120;

  /** No further move begins after this time. */
  private static final long ENOUGH_SECONDS = 30;

  private static final List<String> STRATEGIES = List.of("hybrid", "eager", "precopy", "hybrid");

  private NodeTraining() {}

  /**
   * @param arguments the file for the record, read by {@code java -XX:AOTMode=create}
   */
  public static void main(String[] arguments) throws IOException {
    Path record = Path.of(arguments[0]).toAbsolutePath();
    Path directory = Files.createTempDirectory("godwit-rehearsal-");
    try (Testbed testbed = Testbed.create(directory, List.of(new NodeId("a"), new NodeId("b")))) {
      List<NodeClient> nodes = new ArrayList<>();
      for (TestNode node : testbed.nodes()) {
        node.start(
            nodes.isEmpty()
                ? List.of("-XX:AOTMode=record", "-XX:AOTConfiguration=" + record)
                : List.of());
        nodes.add(new NodeClient(node));
      }
      nodes.getFirst().init("rehearsal");
      nodes.getLast().join(nodes.getFirst());
      nodes.forEach(node -> node.awaitNodes(nodes.size()));
      nodes
          .getFirst()
          .start(
              "rehearsal", List.of("/bin/sh", "-c", "while :; do /bin/sleep 0.1; done"), directory);
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(ENOUGH_SECONDS);
      for (int move = 0; move < MOVES && System.nanoTime() < end; move++) {
        NodeClient from = nodes.get(move % 2);
        String to = nodes.get(1 - move % 2).node().name().name();
        var _ = from.migrate("rehearsal", to, STRATEGIES.get(move / 2 % STRATEGIES.size()));
      }
      nodes.getFirst().signal("rehearsal", 9);
      testbed.nodes().forEach(TestNode::stopDaemon);
    }
  }
}

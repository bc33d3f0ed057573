package io.godwit.app.testbed;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.Namespaces;
import io.godwit.linux.launch.FdCalls;
import io.godwit.linux.netlink.RouteNetlink;
import io.godwit.node.pod.Pod;
import io.godwit.node.pod.PodEntry;
import io.godwit.node.pod.PodRoom;
import io.godwit.node.pod.PodSpec;
import io.godwit.node.pod.TimeOffsets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A few nodes on one machine.
 *
 * <pre>
 *   namespace of its own        a pod each
 *   ┌──────────────┐ port1 ── eth0 ┌─────────────┐
 *   │   bridge0    │               │ 10.77.0.1   │ daemon, its pods
 *   │              │ port2 ── eth0 └─────────────┘
 *   └──────────────┘               ┌─────────────┐
 *                                  │ 10.77.0.2   │ ...
 * </pre>
 */
public final class Testbed implements AutoCloseable {
  private static final String NETWORK = "10.77.0.";
  private static final int PREFIX = 24;
  private static final int NODES_LIMIT = 200;
  private static final long END_SECONDS = 20;
  private static final int REMOVAL_TRIES = 20;

  private final Path directory;
  private final Fd bridgeNamespace;
  private final PodRoom room;
  private final Map<NodeId, TestNode> nodes = new LinkedHashMap<>();
  private final Thread atExit;
  private boolean closed;

  private Testbed(Path directory, Fd bridgeNamespace, PodRoom room) {
    this.directory = directory;
    this.bridgeNamespace = bridgeNamespace;
    this.room = room;
    this.atExit = new Thread(this::closeAtExit, "godwit-testbed-exit");
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /**
   * Makes nodes with network and namespaces; no daemon runs in them yet.
   *
   * @param directory for all that the nodes keep; short, since sockets lie in it; removed at the
   *     end
   */
  public static Testbed create(Path directory, List<NodeId> names) {
    if (names.size() > NODES_LIMIT) {
      throw new IllegalArgumentException("at most " + NODES_LIMIT + " nodes");
    }
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw directoryError(directory, e);
    }
    Fd namespace;
    try {
      namespace = Namespaces.createNetwork();
    } catch (RuntimeException e) {
      throw new GodwitException(
          TestbedError.NOT_PERMITTED,
          "no node could be made on this machine",
          "the kernel refuses a network namespace: " + e.getMessage(),
          "run as root",
          e);
    }
    Testbed testbed = new Testbed(directory, namespace, new PodRoom(directory));
    try {
      try (RouteNetlink bridge = RouteNetlink.openIn(namespace)) {
        bridge.createBridge("bridge0");
        bridge.setUp("bridge0");
      }
      for (NodeId name : names) {
        testbed.add(name);
      }
      return testbed;
    } catch (RuntimeException e) {
      testbed.close();
      throw e;
    }
  }

  private void add(NodeId name) {
    int number = nodes.size() + 1;
    Fd idle = PodEntry.idleProgram();
    Pod pod;
    try {
      pod =
          room.create(
              new PodSpec(
                  "node-" + name,
                  name.name(),
                  true,
                  new PodSpec.Console.Pipes(),
                  TimeOffsets.here(),
                  new PodSpec.Seed(idle, "godwit-idle", 2, Optional.empty(), 2)));
    } finally {
      FdCalls.close(idle);
    }
    pod.streams().close();
    pod.programEnds().ifPresent(ends -> ends.close());
    String address = NETWORK + number;
    String port = "port" + number;
    Fd network = Namespaces.open(pod.init(), "net");
    try (RouteNetlink outside = RouteNetlink.openIn(bridgeNamespace);
        RouteNetlink inside = RouteNetlink.openIn(network)) {
      outside.createVethPair(port, "eth0", network);
      outside.setMaster(outside.index(port), outside.index("bridge0"));
      outside.setUp(port);
      inside.addAddress(inside.index("eth0"), InetAddress.getByName(address), PREFIX);
      inside.setUp("eth0");
    } catch (UnknownHostException impossible) { // it is a number
      throw new IllegalStateException(impossible);
    } finally {
      Descriptors.close(network);
    }
    nodes.put(name, new TestNode(name, pod, address, directory.resolve("n" + number)));
  }

  /** The nodes in the order in which they were named. */
  public List<TestNode> nodes() {
    return List.copyOf(nodes.values());
  }

  /** One of the nodes. */
  public TestNode node(NodeId name) {
    TestNode node = nodes.get(name);
    if (node == null) {
      throw new IllegalArgumentException("no node " + name);
    }
    return node;
  }

  /** Cuts a node's cable, or plugs it in again: nothing passes, and no error tells anybody. */
  public void connected(NodeId name, boolean connected) {
    int number = new ArrayList<>(nodes.keySet()).indexOf(name) + 1;
    try (RouteNetlink outside = RouteNetlink.openIn(bridgeNamespace)) {
      outside.setUp(outside.index("port" + number), connected);
    }
  }

  private void closeAtExit() {
    if (!closed) {
      end();
    }
  }

  /** Ends every daemon and all that ran on it, and removes all that was made. */
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException alreadyEnding) {
      awaitExit();
      return;
    }
    end();
  }

  /** The machine ends: whoever wants this closed waits for the thread that does it. */
  private void awaitExit() {
    if (Thread.currentThread().equals(atExit)) {
      return;
    }
    try {
      atExit.join(TimeUnit.SECONDS.toMillis(2 * END_SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void end() {
    if (closed) {
      return;
    }
    closed = true;
    for (Pod pod : room.all()) {
      pod.kill();
    }
    // The init of a PID namespace ends after all in it were reaped, also the daemon, which is ours.
    nodes.values().forEach(TestNode::reap);
    List<RuntimeException> problems = new ArrayList<>();
    for (Pod pod : nodes.values().stream().map(TestNode::pod).toList()) {
      try {
        pod.ended().get(END_SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (ExecutionException | TimeoutException e) {
        problems.add(new IllegalStateException("node " + pod.id() + " did not end", e));
      }
    }
    room.close();
    FdCalls.close(bridgeNamespace);
    removeTree(directory);
    if (!problems.isEmpty()) {
      throw problems.getFirst();
    }
  }

  /** What still runs elsewhere may add a file meanwhile: a few tries. */
  public static void removeTree(Path directory) {
    for (int i = 1; ; i++) {
      try (Stream<Path> all = Files.walk(directory)) {
        for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(each);
        }
        return;
      } catch (NoSuchFileException gone) {
        return;
      } catch (IOException | UncheckedIOException e) {
        if (i == REMOVAL_TRIES) {
          throw directoryError(directory, e);
        }
      }
    }
  }

  private static GodwitException directoryError(Path directory, Exception e) {
    return new GodwitException(
        TestbedError.DIRECTORY,
        "the directory " + directory + " could not be made or removed",
        String.valueOf(e.getMessage()),
        "name another directory",
        e);
  }
}

package io.godwit.app.testbed;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.core.Pid;
import io.godwit.linux.Fd;
import io.godwit.linux.launch.FdCalls;
import io.godwit.linux.launch.ProcessHandles;
import io.godwit.node.pod.Pod;
import io.godwit.node.pod.PodEntry;
import io.godwit.node.pod.PodSpec;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One node of a testbed: its namespaces, which stay, and its daemon, which comes and goes. */
public final class TestNode {
  private static final String CLUSTER = "[cluster]";
  private static final String BY_ORDER_ALONE = "\n" + CLUSTER + "\nprofile = \"none\"\n";

  private static final int READY_SECONDS = 120;
  private static final int END_MILLIS = 20_000;
  private static final int POLL_MILLIS = 5;
  private static final int TAIL_CHARACTERS = 2000;

  /** What the launcher gives a daemon's virtual machine; words between single blanks. */
  private static final String FLAGS = "godwit.node.flags";

  private static final String USUAL_FLAGS =
      "-XX:-UsePerfData --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow";

  /** Where what such a machine has learnt in a rehearsal is kept. */
  private static final String CACHE = "godwit.node.cache";

  private static final int SIGKILL = 9;
  private static final int SIGTERM = 15;

  private final NodeId name;
  private final Pod pod;
  private final String address;
  private final Path directory;
  private @Nullable Pid daemon;
  private @Nullable Fd handle;

  TestNode(NodeId name, Pod pod, String address, Path directory) {
    this.name = name;
    this.pod = pod;
    this.address = address;
    this.directory = directory;
  }

  public NodeId name() {
    return name;
  }

  /** Its address on the testbed's network; reachable from the other nodes alone. */
  public String address() {
    return address;
  }

  /** Where its daemon keeps its state. */
  public Path state() {
    return directory.resolve("state");
  }

  /** Where commands reach its daemon, from this machine. */
  public Path controlSocket() {
    return state().resolve("control.sock");
  }

  /** What its daemon has printed. */
  public Path log() {
    return directory.resolve("daemon.log");
  }

  /** The pod that is the node. */
  public Pod pod() {
    return pod;
  }

  /** The daemon's process as this machine numbers it, while one runs. */
  public @Nullable Pid daemon() {
    return daemon;
  }

  /** Starts the daemon of this very program and waits until it answers. */
  public void start() {
    start(List.of());
  }

  /**
   * @param javaOptions options of its virtual machine besides the usual ones
   */
  public void start(List<String> javaOptions) {
    start(javaOptions, "");
  }

  /**
   * @param settings more lines for its configuration, TOML: first of its network section, then
   *     other tables. Where they say nothing of the cluster, nothing moves but by order.
   */
  public void start(List<String> javaOptions, String settings) {
    start(javaOptions, settings, List.of("io.godwit.app.Main", "node"));
  }

  /**
   * @param program a class with a main method that is a daemon, and its first arguments; {@code
   *     --config FILE} follows
   */
  public void start(List<String> javaOptions, String settings, List<String> program) {
    Path configuration = directory.resolve("node.toml");
    try {
      Files.createDirectories(directory);
      Files.writeString(
          configuration,
          configuration() + settings + (settings.contains(CLUSTER) ? "" : BY_ORDER_ALONE));
    } catch (IOException e) {
      throw notReady("its configuration cannot be written: " + e.getMessage());
    }
    List<String> arguments = new ArrayList<>();
    arguments.add("java");
    arguments.addAll(List.of("-XX:+UseSerialGC", "-Xmx256m"));
    arguments.addAll(List.of(System.getProperty(FLAGS, USUAL_FLAGS).split(" ")));
    String cache = System.getProperty(CACHE);
    if (cache != null) {
      arguments.add("-XX:AOTCache=" + cache);
    }
    arguments.addAll(javaOptions);
    arguments.addAll(List.of("-cp", absolute(System.getProperty("java.class.path", ""))));
    arguments.addAll(program);
    arguments.addAll(List.of("--config", configuration.toString()));
    start(Path.of(System.getProperty("java.home"), "bin/java").toString(), arguments);
    awaitReady();
  }

  /** Starts some program in the daemon's place; its output goes to {@link #log}. */
  void start(String file, List<String> arguments) {
    List<String> environment = new ArrayList<>();
    System.getenv().forEach((key, value) -> environment.add(key + "=" + value));
    Fd nothing = FdCalls.open("/dev/null", FdCalls.O_RDONLY);
    try {
      Files.createDirectories(directory);
      Files.writeString(log(), "");
    } catch (IOException e) {
      FdCalls.close(nothing);
      throw notReady("its log cannot be written: " + e.getMessage());
    }
    Fd output = FdCalls.open(log().toString(), FdCalls.O_WRONLY | FdCalls.O_APPEND);
    try {
      Pid pid =
          PodEntry.start(
              pod,
              new PodSpec.Program(
                  file, arguments, environment, "/", PodSpec.Owner.ROOT, 022, List.of()),
              nothing,
              output);
      daemon = pid;
      handle = ProcessHandles.open(pid);
    } finally {
      FdCalls.close(nothing);
      FdCalls.close(output);
    }
  }

  private static String absolute(String classPath) {
    List<String> parts = new ArrayList<>();
    for (String part : classPath.split(":")) {
      parts.add(Path.of(part).toAbsolutePath().normalize().toString());
    }
    return String.join(":", parts);
  }

  private String configuration() {
    return """
    [node]
    name = "%s"
    state = "%s"

    [network]
    listen = "%s:7411"
    advertise = "%s:7411"
    """
        .formatted(name, state(), address, address);
  }

  private void awaitReady() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
    while (!answers()) {
      if (!running()) {
        throw notReady("its daemon ended; it printed: " + tail());
      }
      if (System.nanoTime() > end) {
        throw notReady("its daemon did not answer within " + READY_SECONDS + " s: " + tail());
      }
      try {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw notReady("it was interrupted");
      }
    }
  }

  private boolean answers() {
    if (!Files.exists(controlSocket())) {
      return false;
    }
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(controlSocket()));
    } catch (IOException notYet) {
      return false;
    }
  }

  /** Whether the daemon runs. */
  public boolean running() {
    return handle != null && !ProcessHandles.awaitEnd(handle, 0);
  }

  /** Waits for the daemon's end; its wait status, or nothing when the time is over first. */
  OptionalInt await(int millis) {
    Fd known = handle;
    Pid pid = daemon;
    if (known == null || pid == null || !ProcessHandles.awaitEnd(known, millis)) {
      return OptionalInt.empty();
    }
    OptionalInt status = ProcessHandles.reap(pid);
    FdCalls.close(known);
    handle = null;
    daemon = null;
    return status;
  }

  /** Whether the pod of that name has processes here that are not frozen, by the kernel's word. */
  public boolean runs(String name) {
    Path cgroup = cgroup(name);
    if (cgroup == null) {
      return false;
    }
    try {
      String text = Files.readString(cgroup.resolve("cgroup.events"));
      return text.contains("populated 1") && text.contains("frozen 0");
    } catch (IOException gone) {
      return false;
    }
  }

  /** The cgroup of the pod of that name here, complete or not; null when there is none. */
  public @Nullable Path cgroup(String name) {
    try (DirectoryStream<Path> daemons =
        Files.newDirectoryStream(pod.cgroup().directory(), "godwit-*")) {
      for (Path each : daemons) {
        if (Files.isDirectory(each.resolve(name))) {
          return each.resolve(name);
        }
      }
    } catch (IOException gone) {
      return null;
    }
    return null;
  }

  /** The end of what the daemon printed. */
  public String tail() {
    try {
      String text = Files.readString(log());
      return text.substring(Math.max(0, text.length() - TAIL_CHARACTERS)).strip();
    } catch (IOException none) {
      return "nothing";
    }
  }

  /** Kills the daemon as a power failure would; its pods go on. */
  public void killDaemon() {
    end(SIGKILL);
  }

  /** Asks the daemon to end; its pods go on. */
  public void stopDaemon() {
    end(SIGTERM);
  }

  private void end(int signal) {
    Fd known = handle;
    if (known == null) {
      return;
    }
    ProcessHandles.signal(known, signal);
    if (await(END_MILLIS).isEmpty() && handle != null) {
      throw notReady("its daemon does not end");
    }
  }

  /** Takes away what is left of the daemon when the node has ended. */
  void reap() {
    await(END_MILLIS);
  }

  private GodwitException notReady(String why) {
    return new GodwitException(
        TestbedError.NOT_READY,
        "the node " + name + " is not ready",
        why,
        "see " + log() + " as long as the testbed stands");
  }
}

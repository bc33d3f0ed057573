package io.godwit.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import io.godwit.bench.LoadResult.Death;
import io.godwit.core.NodeId;
import io.godwit.node.cluster.ProfileStore;
import io.godwit.node.security.CertificateAuthority;
import io.godwit.node.security.Membership;
import io.godwit.policy.load.LoadRecord;
import io.godwit.wire.PeerLoops;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Runs the load layers of many nodes in this virtual machine, each with its own server, certificate
 * and connections on the loopback interface.
 */
public final class LoadBench {
  private static final double NANO = 1e-9;
  private static final long POLL_MILLIS = 100;
  private static final long CONVERGENCE_SECONDS = 180;
  private static final long DEATH_SECONDS = 60;

  private final Plan plan;
  private final Path directory;
  private final Consumer<String> progress;
  private final List<LoadNode> living = new ArrayList<>();
  private final LoadNode.Traffic traffic = new LoadNode.Traffic();

  /**
   * What to measure.
   *
   * @param seconds of the span in which traffic and processor time are counted
   * @param kills nodes that are killed, one after the other
   */
  public record Plan(int nodes, String profile, int seconds, int kills, long seed) {}

  /**
   * @param directory an empty one, for what the nodes remember
   */
  public LoadBench(Plan plan, Path directory, Consumer<String> progress) {
    this.plan = plan;
    this.directory = directory;
    this.progress = progress;
  }

  /** Measures. */
  public LoadResult measure() throws IOException, InterruptedException {
    int window = new ProfileStore(directory, plan.profile()).current().profile().load().window();
    try (PeerLoops loops = PeerLoops.of(Runtime.getRuntime().availableProcessors())) {
      try {
        return measure(Math.min(window, plan.nodes() - 1), loops);
      } finally {
        living.forEach(LoadNode::close);
      }
    }
  }

  private LoadResult measure(int window, PeerLoops loops) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    start(loops);
    long started = System.nanoTime();
    progress.accept(plan.nodes() + " nodes run");
    boolean full = await(CONVERGENCE_SECONDS, () -> converged(window));
    double converged = full ? since(started) : -1;
    progress.accept(full ? "their views are full" : "their views do not fill");
    Counters before = counters();
    TimeUnit.SECONDS.sleep(plan.seconds());
    Counters after = counters();
    double seconds = (after.at() - before.at()) * NANO;
    double each = seconds * plan.nodes();
    Views views = views();
    int suspected = suspected();
    int threads = ManagementFactory.getThreadMXBean().getThreadCount();
    long descriptors =
        ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
            ? unix.getOpenFileDescriptorCount()
            : -1;
    System.gc();
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    List<Death> deaths = kill();
    return new LoadResult(
        plan.nodes(),
        plan.profile(),
        window,
        (started - begun) * NANO,
        converged,
        seconds,
        views.told(),
        views.known(),
        views.ages(),
        (after.notes() - before.notes()) / each,
        (after.lost() - before.lost()) / each,
        (after.bytes() - before.bytes()) / each,
        (after.device() - before.device()) / each,
        (after.cpu() - before.cpu()) * 1e-6 / each,
        threads,
        descriptors,
        heap,
        suspected,
        deaths);
  }

  private void start(PeerLoops loops) throws IOException {
    LoadNode.Ground ground =
        new LoadNode.Ground(
            CertificateAuthority.create("bench", Instant.now()),
            new Membership(Files.createDirectory(directory.resolve("members"))),
            loops,
            directory,
            plan.profile(),
            traffic);
    for (int i = 0; i < plan.nodes(); i++) {
      living.add(new LoadNode(new NodeId("node" + i), ground));
    }
    living.forEach(LoadNode::start);
  }

  private boolean converged(int window) {
    Set<NodeId> told = new HashSet<>();
    boolean full = true;
    for (LoadNode node : living) {
      List<LoadRecord> records = node.records();
      records.forEach(record -> told.add(record.node()));
      full &= records.size() >= window;
    }
    return full && told.size() == living.size();
  }

  private record Views(double told, double known, Distribution ages) {}

  private Views views() {
    Set<NodeId> told = new HashSet<>();
    List<Double> ages = new ArrayList<>();
    for (LoadNode node : living) {
      for (LoadRecord record : node.records()) {
        told.add(record.node());
        ages.add(record.ageNanos(System.nanoTime()) * NANO);
      }
    }
    double pairs = (double) living.size() * (living.size() - 1);
    return new Views(
        (double) told.size() / living.size(),
        ages.size() / pairs,
        new Distribution(ages.stream().mapToDouble(Double::doubleValue).toArray()));
  }

  private int suspected() {
    int pairs = 0;
    for (LoadNode node : living) {
      for (LoadNode other : living) {
        pairs += node != other && node.suspects(other.id()) ? 1 : 0;
      }
    }
    return pairs;
  }

  private List<Death> kill() throws InterruptedException {
    SplittableRandom random = new SplittableRandom(plan.seed());
    List<Death> deaths = new ArrayList<>();
    for (int i = 0; i < plan.kills() && living.size() > 2; i++) {
      LoadNode victim = living.remove(random.nextInt(living.size()));
      long killed = System.nanoTime();
      victim.close();
      List<LoadNode> unaware = new ArrayList<>(living);
      double[] first = {-1};
      boolean all =
          await(
              DEATH_SECONDS,
              () -> {
                if (unaware.removeIf(node -> node.suspects(victim.id())) && first[0] < 0) {
                  first[0] = since(killed);
                }
                return unaware.isEmpty();
              });
      deaths.add(new Death(victim.id().name(), first[0], all ? since(killed) : -1));
      progress.accept(
          "the death of "
              + victim.id()
              + (all ? " is known to all" : " is unknown to " + unaware.size()));
    }
    return deaths;
  }

  private record Counters(long at, long cpu, long device, long notes, long lost, long bytes) {}

  private Counters counters() throws IOException {
    long cpu =
        ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
            ? system.getProcessCpuTime()
            : 0;
    return new Counters(
        System.nanoTime(),
        cpu,
        loopbackBytes(),
        traffic.notes.sum(),
        traffic.lost.sum(),
        traffic.bytes.sum());
  }

  /** What the loopback device has received; proc_pid_net(5), dev. */
  private static long loopbackBytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/net/dev"))) {
      String[] words = line.strip().split("[:\\s]+");
      if (words.length > 1 && words[0].equals("lo")) {
        return Long.parseLong(words[1]);
      }
    }
    return 0;
  }

  private static double since(long nanos) {
    return (System.nanoTime() - nanos) * NANO;
  }

  private static boolean await(long seconds, BooleanSupplier condition)
      throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (System.nanoTime() < end) {
      if (condition.getAsBoolean()) {
        return true;
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    return false;
  }
}

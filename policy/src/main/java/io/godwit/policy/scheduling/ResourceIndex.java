package io.godwit.policy.scheduling;

import io.godwit.policy.load.NodeLoad;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The load indices that a resource expression can name, with LSF's names and meanings.
 *
 * <p>Memory is in MB (2^20 bytes), time in minutes, rates in KB (2^10 bytes) a second, as in LSF.
 */
public enum ResourceIndex {
  /**
   * Time that a unit of work takes with the newcomer there: run queue, cores and speed together.
   */
  CPU(Dimension.NUMBER, true, 0.1, l -> l.stretchWith(l.runQueue() + 1), "cpu"),
  RUN_QUEUE(Dimension.NUMBER, true, 0.1, NodeLoad::runQueue, "r1m", "r15s", "r15m"),
  UTILIZATION(Dimension.PERCENT, true, 5, l -> 100 * l.cpuUse(), "ut"),
  PAGING(Dimension.NUMBER, true, 1, NodeLoad::pagesPerSecond, "pg"),
  DISK(Dimension.NUMBER, true, 64, l -> l.diskBytesPerSecond() / 1024, "io"),
  NETWORK(Dimension.NUMBER, true, 64, l -> l.networkBytesPerSecond() / 1024, "net"),
  IDLE(Dimension.MINUTES, false, 1, l -> l.ownerIdleNanos() / 60e9, "it"),
  MEMORY(Dimension.MEGABYTES, false, 16, l -> l.memoryFreeBytes() / 1048576.0, "mem"),
  SWAP(Dimension.MEGABYTES, false, 16, l -> l.swapFreeBytes() / 1048576.0, "swap", "swp"),
  CORES(Dimension.NUMBER, false, 1, NodeLoad::cores, "ncpus", "cores"),
  SPEED(Dimension.NUMBER, false, 0.05, NodeLoad::speed, "cpuf", "speed"),
  FOREIGN(Dimension.NUMBER, true, 1, NodeLoad::foreign, "foreign"),
  PRESSURE_CPU(Dimension.PERCENT, true, 5, l -> 100 * l.pressure().cpu(), "psicpu"),
  PRESSURE_MEMORY(Dimension.PERCENT, true, 5, l -> 100 * l.pressure().memory(), "psimem"),
  PRESSURE_IO(Dimension.PERCENT, true, 5, l -> 100 * l.pressure().io(), "psiio");

  /** What a number is a number of. */
  public enum Dimension {
    NUMBER("a plain number"),
    PERCENT("a percentage"),
    MINUTES("a time"),
    MEGABYTES("an amount of memory");

    private final String words;

    Dimension(String words) {
      this.words = words;
    }

    /** For messages. */
    public String words() {
      return words;
    }
  }

  private static final Map<String, ResourceIndex> BY_NAME =
      Arrays.stream(values())
          .flatMap(index -> index.names.stream().map(name -> Map.entry(name, index)))
          .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

  private final Dimension dimension;
  private final boolean lessIsBetter;
  private final double resolution;

  @SuppressWarnings("ImmutableEnumChecker") // Stateless lambdas.
  private final ToDoubleFunction<NodeLoad> value;

  @SuppressWarnings("ImmutableEnumChecker") // An unmodifiable list of strings.
  private final List<String> names;

  ResourceIndex(
      Dimension dimension,
      boolean lessIsBetter,
      double resolution,
      ToDoubleFunction<NodeLoad> value,
      String... names) {
    this.dimension = dimension;
    this.lessIsBetter = lessIsBetter;
    this.resolution = resolution;
    this.value = value;
    this.names = List.of(names);
  }

  /** The index of that name, or null. */
  public static @Nullable ResourceIndex named(String name) {
    return BY_NAME.get(name);
  }

  /** All names. */
  public static java.util.Set<String> allNames() {
    return BY_NAME.keySet();
  }

  public Dimension dimension() {
    return dimension;
  }

  /** The index of a node, in its dimension's unit. */
  public double of(NodeLoad load) {
    return value.applyAsDouble(load);
  }

  /** For ordering: lower is better, and values that differ by less than matters are the same. */
  public double rank(NodeLoad load) {
    double steps = Math.rint(of(load) / resolution);
    return lessIsBetter ? steps : -steps;
  }
}

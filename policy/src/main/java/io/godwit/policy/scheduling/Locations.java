package io.godwit.policy.scheduling;

import io.godwit.policy.load.LoadRecord;
import io.godwit.policy.load.ProcessLoad;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;

/** The location policies of survey section 2.8. */
public final class Locations {
  private Locations() {}

  /**
   * The node where it would run fastest; ties are broken at random so that not all pick the same.
   */
  public record LeastLoaded() implements LocationPolicy {
    @Override
    public LoadRecord choose(
        ProcessLoad process,
        ResourceExpression needs,
        List<LoadRecord> nodes,
        RandomGenerator random) {
      return lowest(nodes, r -> r.load().stretchWith(r.load().runQueue() + 1), random);
    }
  }

  /** Any node (Eager's random policy): even that is much better than nothing. */
  public record AnyNode() implements LocationPolicy {
    @Override
    public LoadRecord choose(
        ProcessLoad process,
        ResourceExpression needs,
        List<LoadRecord> nodes,
        RandomGenerator random) {
      return nodes.get(random.nextInt(nodes.size()));
    }

    @Override
    public boolean ignoresLoad() {
      return true;
    }
  }

  /**
   * Any node below a threshold (Eager's threshold policy): with three to five probes it gets nearly
   * all that full knowledge would.
   *
   * @param below processes for each core that the node must not reach with the newcomer excluded;
   *     where all are above it, the least loaded is taken
   */
  public record BelowThreshold(double below) implements LocationPolicy {
    @Override
    public LoadRecord choose(
        ProcessLoad process,
        ResourceExpression needs,
        List<LoadRecord> nodes,
        RandomGenerator random) {
      List<LoadRecord> low =
          nodes.stream().filter(r -> r.load().runQueue() < below * r.load().cores()).toList();
      return low.isEmpty()
          ? new LeastLoaded().choose(process, needs, nodes, random)
          : low.get(random.nextInt(low.size()));
    }
  }

  /** The node that has been without its owner for longest (Sprite): he is the last to come back. */
  public record LongestIdle() implements LocationPolicy {
    @Override
    public LoadRecord choose(
        ProcessLoad process,
        ResourceExpression needs,
        List<LoadRecord> nodes,
        RandomGenerator random) {
      return lowest(nodes, r -> -r.load().ownerIdleNanos(), random);
    }
  }

  /**
   * The node that it talks to most or whose files it reads; without any, as the other policy says.
   */
  public record NearPartners(LocationPolicy otherwise) implements LocationPolicy {
    @Override
    public LoadRecord choose(
        ProcessLoad process,
        ResourceExpression needs,
        List<LoadRecord> nodes,
        RandomGenerator random) {
      LoadRecord nearest =
          lowest(nodes, r -> -process.bytesPerSecondTo().getOrDefault(r.node(), 0.0), random);
      return process.bytesPerSecondTo().containsKey(nearest.node())
          ? nearest
          : otherwise.choose(process, needs, nodes, random);
    }
  }

  /** As the {@code order[...]} of the process's resource expression says (LSF). */
  public record ByOrder() implements LocationPolicy {
    @Override
    public LoadRecord choose(
        ProcessLoad process,
        ResourceExpression needs,
        List<LoadRecord> nodes,
        RandomGenerator random) {
      return needs.best(nodes);
    }
  }

  private static LoadRecord lowest(
      List<LoadRecord> nodes, ToDoubleFunction<LoadRecord> of, RandomGenerator random) {
    double best = nodes.stream().mapToDouble(of).min().orElseThrow();
    List<LoadRecord> equal =
        nodes.stream()
            .filter(record -> of.applyAsDouble(record) <= best)
            .sorted(Comparator.comparing(LoadRecord::node))
            .toList();
    return equal.get(equal.size() == 1 ? 0 : random.nextInt(equal.size()));
  }
}

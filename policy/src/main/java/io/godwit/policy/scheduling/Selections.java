package io.godwit.policy.scheduling;

import io.godwit.core.NodeId;
import io.godwit.policy.load.ProcessLoad;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The selection policies of survey section 2.8. */
public final class Selections {
  private static final double SECOND = 1e9;

  private Selections() {}

  /**
   * By age: a process is expected to live for as long again as it has lived, so moving it pays if
   * age x (n - m) > cost (Harchol-Balter and Downey 1997). Among those for which it pays, the one
   * with the highest expected gain.
   *
   * @param minAgeNanos younger processes are not considered, however cheap the move (MOSIX's
   *     minimum run-time); 0 leaves it to the criterion
   */
  public record Age(long minAgeNanos) implements SelectionPolicy {
    @Override
    public @Nullable Rejection rejects(ProcessLoad process) {
      return process.ageNanos() >= minAgeNanos
          ? null
          : Rejection.of(
              process.key(),
              Rejection.Cause.COST,
              "used %.2f s of CPU so far, less than the least age of %.2f s",
              process.ageNanos() / SECOND,
              minAgeNanos / SECOND);
    }

    @Override
    public @Nullable Rejection rejects(ProcessLoad process, Move move) {
      if (process.ageNanos() * move.advantage() > move.costNanos()) {
        return null;
      }
      return Rejection.of(
          process.key(),
          Rejection.Cause.COST,
          "the move costs %.3f s and would gain %.3f s of the %.2f s it is expected to need",
          move.costNanos() / SECOND,
          process.ageNanos() * move.advantage() / SECOND,
          process.ageNanos() / SECOND);
    }

    @Override
    public double gain(ProcessLoad process, @Nullable Move move) {
      return move == null
          ? process.ageNanos()
          : process.ageNanos() * move.advantage() - move.costNanos();
    }
  }

  /**
   * By the program's name (LSF's task file, Svensson's statistics): what a name is known for is all
   * that is asked.
   *
   * @param listed the names
   * @param meansEligible whether the listed ones are eligible, or all others are
   */
  public record Names(Set<String> listed, boolean meansEligible) implements SelectionPolicy {
    public Names {
      listed = Set.copyOf(listed);
    }

    @Override
    public @Nullable Rejection rejects(ProcessLoad process) {
      return listed.contains(process.name()) == meansEligible
          ? null
          : Rejection.of(
              process.key(),
              Rejection.Cause.NOT_ELIGIBLE,
              meansEligible ? "'%s' is not listed" : "'%s' is excluded",
              process.name());
    }

    @Override
    public @Nullable Rejection rejects(ProcessLoad process, Move move) {
      return null;
    }

    @Override
    public double gain(ProcessLoad process, @Nullable Move move) {
      // The youngest: least state has gathered.
      return -process.ageNanos();
    }
  }

  /** Any process: the one that came or started last, which has the least to lose. */
  public record Newest() implements SelectionPolicy {
    @Override
    public @Nullable Rejection rejects(ProcessLoad process) {
      return null;
    }

    @Override
    public @Nullable Rejection rejects(ProcessLoad process, Move move) {
      return null;
    }

    @Override
    public double gain(ProcessLoad process, @Nullable Move move) {
      return -process.residencyNanos();
    }
  }

  /**
   * By communication, remote files and remote paging (MOSIX, Mach): a process that exchanges much
   * with the target gains from going there; one that works with this node stays. It is weighed as
   * time: each byte that becomes local saves its transmission.
   *
   * @param here the node of this scheduler
   * @param linkBytesPerSecond how fast two nodes talk
   */
  public record Affinity(NodeId here, double linkBytesPerSecond, SelectionPolicy otherwise)
      implements SelectionPolicy {
    @Override
    public @Nullable Rejection rejects(ProcessLoad process) {
      return process.bytesPerSecondTo().isEmpty() ? otherwise.rejects(process) : null;
    }

    @Override
    public @Nullable Rejection rejects(ProcessLoad process, Move move) {
      if (process.bytesPerSecondTo().isEmpty()) {
        return otherwise.rejects(process, move);
      }
      double gain = gain(process, move);
      return gain > 0
          ? null
          : Rejection.of(
              process.key(),
              Rejection.Cause.COST,
              "it would lose %.3f s by its communication, the load and the move together",
              -gain / SECOND);
    }

    @Override
    public double gain(ProcessLoad process, @Nullable Move move) {
      if (move == null) {
        return process.ageNanos();
      }
      double saved =
          (process.bytesPerSecondTo().getOrDefault(move.to(), 0.0)
                  - process.bytesPerSecondTo().getOrDefault(here, 0.0))
              / linkBytesPerSecond;
      return process.ageNanos() * (move.advantage() + saved) - move.costNanos();
    }
  }

  /** By remote paging (Mach): the process that pages most over the network, back to its pages. */
  public record Paging(double leastPagesPerSecond) implements SelectionPolicy {
    @Override
    public @Nullable Rejection rejects(ProcessLoad process) {
      return process.pagesPerSecond() >= leastPagesPerSecond
          ? null
          : Rejection.of(
              process.key(),
              Rejection.Cause.PREFERENCE,
              "pages %.0f times a second, fewer than %.0f",
              process.pagesPerSecond(),
              leastPagesPerSecond);
    }

    @Override
    public @Nullable Rejection rejects(ProcessLoad process, Move move) {
      return null;
    }

    @Override
    public double gain(ProcessLoad process, @Nullable Move move) {
      return process.pagesPerSecond();
    }
  }

  /** Several at once: all must agree; the first says what is gained. */
  public record Both(SelectionPolicy first, SelectionPolicy second) implements SelectionPolicy {
    @Override
    public @Nullable Rejection rejects(ProcessLoad process) {
      Rejection rejection = first.rejects(process);
      return rejection != null ? rejection : second.rejects(process);
    }

    @Override
    public @Nullable Rejection rejects(ProcessLoad process, Move move) {
      Rejection rejection = first.rejects(process, move);
      return rejection != null ? rejection : second.rejects(process, move);
    }

    @Override
    public double gain(ProcessLoad process, @Nullable Move move) {
      return first.gain(process, move);
    }
  }
}

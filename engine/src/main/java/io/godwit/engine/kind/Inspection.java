package io.godwit.engine.kind;

import io.godwit.core.ErrorCode;
import io.godwit.core.GodwitException;
import io.godwit.core.Pid;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A look at running processes before the freeze. Kinds report every obstacle, so that the user
 * learns of all of them at once.
 */
public final class Inspection {
  private final List<Pid> hostPids;
  private final Set<ExternalDescriptor> external;
  private final List<GodwitException> obstacles = new ArrayList<>();

  /**
   * @param hostPids the processes of the tree, in numbers of the node's PID namespace
   * @param external descriptors that the caller supplies again after the move
   */
  public Inspection(List<Pid> hostPids, Set<ExternalDescriptor> external) {
    this.hostPids = List.copyOf(hostPids);
    this.external = Set.copyOf(external);
  }

  public List<Pid> hostPids() {
    return hostPids;
  }

  public Set<ExternalDescriptor> external() {
    return external;
  }

  /** Reports something that cannot be moved. */
  public void refuse(ErrorCode code, String what, String why, String advice) {
    obstacles.add(new GodwitException(code, what, why, advice));
  }

  /** Everything that was reported. */
  public List<GodwitException> obstacles() {
    return List.copyOf(obstacles);
  }

  /**
   * Throws if anything was reported: the only obstacle, or the first naming the number of others.
   */
  public void throwIfRefused() {
    if (obstacles.isEmpty()) {
      return;
    }
    GodwitException first = obstacles.getFirst();
    if (obstacles.size() == 1) {
      throw first;
    }
    StringBuilder others = new StringBuilder(first.why());
    for (GodwitException other : obstacles.subList(1, obstacles.size())) {
      others.append("; also ").append(other.what()).append(": ").append(other.why());
    }
    throw new GodwitException(first.code(), first.what(), others.toString(), first.advice(), first);
  }
}

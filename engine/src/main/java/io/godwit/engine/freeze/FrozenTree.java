package io.godwit.engine.freeze;

import io.godwit.core.Pid;
import io.godwit.engine.kind.ExternalDescriptor;
import io.godwit.linux.Tracer;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All processes of a tree, stopped. Parents come before their children. Belongs to the tracer's
 * thread.
 */
public final class FrozenTree {
  private final Tracer tracer;
  private final List<FrozenProcess> processes;
  private final Set<ExternalDescriptor> external;

  FrozenTree(Tracer tracer, List<FrozenProcess> processes, Set<ExternalDescriptor> external) {
    this.tracer = tracer;
    this.processes = List.copyOf(processes);
    this.external = Set.copyOf(external);
  }

  public Tracer tracer() {
    return tracer;
  }

  /** The processes that live, parents before their children. */
  public List<FrozenProcess> processes() {
    return processes;
  }

  /** A process by its number in its own PID namespace. */
  public Optional<FrozenProcess> process(Pid podPid) {
    return processes.stream().filter(p -> p.podPid().equals(podPid)).findFirst();
  }

  /** Descriptors that the caller supplies again at the destination. */
  public Set<ExternalDescriptor> external() {
    return external;
  }
}

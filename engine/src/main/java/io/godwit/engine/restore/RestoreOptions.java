package io.godwit.engine.restore;

import io.godwit.core.Pid;
import io.godwit.linux.Fd;
import io.godwit.linux.Injector;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where and below whom a tree is built.
 *
 * @param parent the process whose children the roots become; without one they become children of
 *     this process, in its namespaces
 * @param root where this process sees the root directory of the tree
 * @param external what stands for external descriptors, by role
 */
public record RestoreOptions(Optional<Parent> parent, Path root, Map<String, Fd> external) {
  /** In the caller's own namespaces, as its children. */
  public static RestoreOptions here() {
    return new RestoreOptions(Optional.empty(), Path.of("/"), Map.of());
  }

  /**
   * A stopped process, a pod's init, in which calls can be made. It is left as it was found.
   *
   * @param injector open over it, owned by the caller, on the same tracer as the rebuilding
   */
  public record Parent(Injector injector) {
    /** Its number in the node's PID namespace. */
    Pid pid() {
      return new Pid(injector.tracee().tid().number());
    }
  }
}

package io.godwit.engine.kind.ipc;

import io.godwit.core.Pid;
import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.Namespaces;
import java.util.concurrent.Callable;

/**
 * The IPC namespace of a process.
 *
 * @param member in the node's PID namespace
 */
public record IpcNamespace(Pid member) {
  private static final String KIND = "ipc";

  /** Whether it is that of this process: then its objects are this machine's. */
  public boolean isOurs() {
    return name().equals(Descriptors.readLink("/proc/self/ns/ipc"));
  }

  /** Equal for equal namespaces. */
  public String name() {
    return Descriptors.readLink("/proc/" + member + "/ns/ipc");
  }

  /** Does work inside. */
  public <T> T inside(Callable<T> work) {
    Fd namespace = Namespaces.open(member, KIND);
    try {
      return Namespaces.visit(namespace, KIND, work);
    } finally {
      Descriptors.close(namespace);
    }
  }
}

package io.godwit.image;

import io.godwit.core.Pid;
import java.util.Optional;

/**
 * Who a process is among the others, in numbers of the pod's PID namespace.
 *
 * @param parent absent for a root of the tree, whose parent is outside (the pod's init)
 * @param group a process group; 0 where its leader is outside the pod
 * @param session a session; 0 where its leader is outside the pod
 * @param exitSignal what the parent gets when the process ends, SIGCHLD for most, 0 for none
 * @param name comm, at most 15 bytes
 */
public record ProcessIdentity(
    Pid pid, Optional<Pid> parent, int group, int session, int exitSignal, String name) {
  public ProcessIdentity {
    Require.notNegative(group, "a process group");
    Require.notNegative(session, "a session");
    Require.signal(exitSignal, "an exit signal");
    Require.text(name, 15, "a process's name");
  }
}

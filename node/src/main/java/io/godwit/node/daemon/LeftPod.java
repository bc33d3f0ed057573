package io.godwit.node.daemon;

import io.godwit.node.migration.ProcessMover;
import io.godwit.node.pod.Pod;
import java.io.IOException;
import java.nio.file.Files;

/** A pod that an earlier daemon left. */
record LeftPod(Pod pod, LocalProcesses processes, FollowingPages following, LeftMemory memory)
    implements ProcessMover.Left {
  @Override
  public boolean sealed() {
    try {
      return Files.readString(pod.cgroup().directory().resolve("cgroup.freeze"))
          .strip()
          .equals("1");
    } catch (IOException gone) {
      return false;
    }
  }

  @Override
  public boolean whole() {
    return pod.mainProcess().isPresent();
  }

  @Override
  public void thaw() {
    memory.remove();
    pod.cgroup().thaw();
    following.decided(pod.id());
  }

  @Override
  public void kill() {
    processes.forgetVisitor(pod.id());
    pod.relinquish();
    following.discarded(pod.id());
    memory.remove();
  }
}

package io.godwit.node.daemon;

import io.godwit.core.GodwitException;
import io.godwit.node.NodeError;
import io.godwit.node.migration.ProcessMover;
import io.godwit.node.pod.Pod;
import io.godwit.node.pod.PodRoom;
import java.io.IOException;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;

/**
 * Pods that stay where they are: refuses every migration, in both directions, before anything is
 * disturbed. For a daemon that is started without a mover.
 */
public final class UnmovablePods implements ProcessMover {
  private final PodRoom pods;

  /** The pods of one node. */
  public UnmovablePods(PodRoom pods) {
    this.pods = pods;
  }

  @Override
  public Inspected inspect(String pod) {
    throw refused(pod);
  }

  @Override
  public Departure freeze(String pod) {
    throw refused(pod);
  }

  @Override
  public Arrival create(String pod, byte[] podDescription) {
    throw refused(pod);
  }

  @Override
  public @Nullable Left left(String pod) {
    return pods.find(pod).map(LeftPod::new).orElse(null);
  }

  private static GodwitException refused(String pod) {
    return new GodwitException(
        NodeError.MIGRATION_REFUSED,
        "migrating '" + pod + "'",
        "this daemon was started without the part that moves pods",
        "use a release that has it");
  }

  /** A pod that an earlier daemon left. */
  record LeftPod(Pod pod) implements Left {
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
    public void thaw() {
      pod.cgroup().thaw();
    }

    @Override
    public void kill() {
      pod.relinquish();
    }
  }
}

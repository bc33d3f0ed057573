package io.godwit.node.daemon;

import io.godwit.core.NodeId;
import io.godwit.core.Pid;
import io.godwit.core.Release;
import io.godwit.engine.extract.Extractor;
import io.godwit.engine.extract.Origins;
import io.godwit.image.Namespaces;
import io.godwit.image.PodIdentity;
import io.godwit.node.pod.Pod;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What an image tells of a pod that its processes themselves do not. */
final class PodSurroundings {
  private PodSurroundings() {}

  static Extractor.Surroundings of(Pod pod, ProcessEntry entry, NodeId self) {
    return new Extractor.Surroundings(
        new PodIdentity(
            entry.name(),
            Optional.of(entry.name()),
            Optional.of(entry.home().name()),
            entry.epoch(),
            new Pid(pod.record().mainPodPid())),
        Origins.here(Release.VERSION, self.name()),
        new Namespaces(
            Set.of(
                Namespaces.Kind.PID,
                Namespaces.Kind.MOUNT,
                Namespaces.Kind.UTS,
                Namespaces.Kind.IPC,
                Namespaces.Kind.TIME),
            pod.record().hostname(),
            "(none)",
            List.of()));
  }
}

package io.godwit.engine.extract;

import io.godwit.engine.freeze.FrozenProcess;
import io.godwit.engine.freeze.FrozenTree;
import io.godwit.engine.kind.ResourceKind;
import io.godwit.image.Clocks;
import io.godwit.image.Namespaces;
import io.godwit.image.Origin;
import io.godwit.image.PodIdentity;
import io.godwit.image.PodImage;
import java.util.List;

/** Turns a frozen tree into its records. The pages follow, see {@code engine.pages}. */
public final class Extractor {
  private Extractor() {}

  /**
   * What the records say of the world around the processes.
   *
   * @param identity of the pod
   * @param origin the machine and kernel
   * @param namespaces the pod's own
   */
  public record Surroundings(PodIdentity identity, Origin origin, Namespaces namespaces) {}

  /** A finished image and where the bytes of its shared memory and saved files can be read. */
  public record Extraction(PodImage image, List<ImageDraft.ContentSource> contents) {}

  /**
   * Collects all records. Call on the tracer's thread.
   *
   * @param clocks at the freeze, as the processes see them
   */
  public static Extraction extract(
      FrozenTree tree, List<ResourceKind> kinds, Surroundings around, Clocks clocks) {
    ImageDraft draft = new ImageDraft();
    // In the order of the tree, whichever kind asks first.
    tree.processes().forEach(process -> draft.process(process.podPid()));
    for (ResourceKind kind : kinds) {
      kind.collect(tree, draft);
    }
    for (FrozenProcess process : tree.processes()) {
      process.calls().flush();
    }
    PodImage image =
        new PodImage(
            around.identity(),
            around.origin(),
            clocks,
            around.namespaces(),
            draft.buildProcesses(),
            draft.descriptions(),
            draft.pipes(),
            draft.terminals(),
            draft.sharedMemory(),
            draft.savedContents(),
            draft.sysv());
    return new Extraction(image, draft.contents());
  }
}

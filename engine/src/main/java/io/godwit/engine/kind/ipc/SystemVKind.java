package io.godwit.engine.kind.ipc;

import io.godwit.core.GodwitException;
import io.godwit.engine.EngineError;
import io.godwit.engine.extract.ImageDraft;
import io.godwit.engine.freeze.FrozenProcess;
import io.godwit.engine.freeze.FrozenTree;
import io.godwit.engine.kind.ResourceKind;
import io.godwit.engine.restore.Restoration;
import io.godwit.engine.restore.RestoreStage;
import io.godwit.image.ObjectId;
import io.godwit.image.SharedMemory;
import io.godwit.image.SysvObjects;
import io.godwit.linux.abi.IpcAbi;
import io.godwit.linux.ipc.SharedSegments;
import io.godwit.linux.proc.MemoryMapping;
import io.godwit.linux.proc.SysvIpc;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The System V objects of a tree that has an IPC namespace of its own. */
public final class SystemVKind implements ResourceKind {
  /** No file system has this number: inodes of segments are ids, which other files have too. */
  private static final long NAMESPACE_DEVICE = -1;

  @Override
  public String name() {
    return "System V IPC";
  }

  /**
   * What a segment is known by in a draft.
   *
   * @param id what shmget(2) returned
   */
  public static ImageDraft.Inode inode(long id) {
    return new ImageDraft.Inode(NAMESPACE_DEVICE, id);
  }

  @Override
  public void collect(FrozenTree tree, ImageDraft draft) {
    IpcNamespace namespace = new IpcNamespace(tree.processes().getFirst().hostPid());
    if (namespace.isOurs()) {
      refuseAttached(tree);
      return;
    }
    IpcContents contents = namespace.inside(IpcContents::read);
    if (contents.isEmpty()) {
      return;
    }
    List<SysvObjects.Segment> segments = new ArrayList<>();
    for (SysvIpc.SharedMemory segment : contents.segments()) {
      segments.add(
          new SysvObjects.Segment(
              IpcContents.identity(segment.owner()), memory(namespace, segment, draft)));
    }
    SysvObjects found =
        new SysvObjects(
            segments, contents.semaphoreSets(), contents.messageQueues(), contents.settings());
    draft.sysv(found);
    if (!found.semaphoreSets().isEmpty()) {
      new UndoReading(found, contents.operationsAtOnce()).collect(tree.processes(), draft);
    }
  }

  /** Attached since the tree was looked at; the machine's ids may be taken elsewhere. */
  private static void refuseAttached(FrozenTree tree) {
    for (FrozenProcess process : tree.processes()) {
      for (MemoryMapping mapping : process.mappings()) {
        if (mapping.isSystemVSegment()) {
          throw new GodwitException(
              EngineError.UNSUPPORTED_MEMORY,
              "process " + process.hostPid() + " cannot be moved",
              "it has segment %d of this machine's IPC namespace attached"
                  .formatted(mapping.inode()),
              "start the program with godwit run, which gives it an IPC namespace of its own");
        }
      }
    }
  }

  private static ObjectId memory(
      IpcNamespace namespace, SysvIpc.SharedMemory segment, ImageDraft draft) {
    int id = segment.owner().id();
    return draft
        .sharedMemory(
            inode(id),
            () -> namespace.inside(() -> SharedSegments.open(id, segment.size(), false)),
            object ->
                new SharedMemory(
                    object, segment.size(), Optional.empty(), 0, 0, segment.owner().mode() & 0777))
        .id();
  }

  @Override
  public void recreate(RestoreStage stage, Restoration restoration) {
    SysvObjects objects = restoration.image().sysv();
    if (objects.isEmpty()) {
      return;
    }
    switch (stage) {
      case PREPARE -> namespace(restoration).inside(() -> IpcMaking.make(objects, restoration));
      case THREADS -> {
        UndoMaking.make(objects, restoration);
        removeAgain(objects, restoration);
      }
      default -> {
        // Segments are attached with the rest of memory.
      }
    }
  }

  private static IpcNamespace namespace(Restoration restoration) {
    return restoration
        .init()
        .map(IpcNamespace::new)
        .filter(namespace -> !namespace.isOurs())
        .orElseThrow(
            () ->
                new GodwitException(
                    EngineError.NOT_RESTORABLE,
                    "the tree cannot be built here",
                    "its System V objects need an IPC namespace of their own: ids of this one may"
                        + " be taken",
                    "restart it in a fresh pod, without --here"));
  }

  private static void removeAgain(SysvObjects objects, Restoration restoration) {
    List<Integer> removed =
        objects.segments().stream()
            .map(SysvObjects.Segment::identity)
            .filter(identity -> (identity.mode() & IpcAbi.SHM_DEST) != 0)
            .map(SysvObjects.Identity::id)
            .toList();
    if (!removed.isEmpty()) {
      namespace(restoration)
          .inside(
              () -> {
                removed.forEach(SharedSegments::remove);
                return removed;
              });
    }
  }
}

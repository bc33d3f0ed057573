package io.godwit.engine.kind.ipc;

import io.godwit.core.GodwitException;
import io.godwit.engine.EngineError;
import io.godwit.engine.restore.Restoration;
import io.godwit.image.ObjectId;
import io.godwit.image.SharedMemory;
import io.godwit.image.SysvObjects;
import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.IpcAbi;
import io.godwit.linux.ipc.IpcObjects;
import io.godwit.linux.ipc.MessageQueues;
import io.godwit.linux.ipc.SemaphoreSets;
import io.godwit.linux.ipc.SharedSegments;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes the objects of an image, on a thread inside their new namespace. */
final class IpcMaking {
  private IpcMaking() {}

  /** Gives back how many; segments can be filled through the descriptors of the restoration. */
  static int make(SysvObjects objects, Restoration restoration) {
    try {
      for (SysvObjects.Setting setting : objects.settings()) {
        if (!IpcObjects.setting(setting.name()).equals(setting.value())) {
          IpcObjects.setting(setting.name(), setting.value());
        }
      }
      Map<ObjectId, SharedMemory> memory = new HashMap<>();
      restoration.image().sharedMemory().forEach(each -> memory.put(each.id(), each));
      for (SysvObjects.Segment segment : objects.segments()) {
        make(
            segment.identity(),
            java.util.Objects.requireNonNull(memory.get(segment.memory())),
            restoration);
      }
      for (SysvObjects.SemaphoreSet set : objects.semaphoreSets()) {
        SemaphoreSets.create(
            set.identity().id(),
            set.identity().key(),
            set.values(),
            set.operated(),
            owner(set.identity()));
      }
      for (SysvObjects.MessageQueue queue : objects.messageQueues()) {
        List<MessageQueues.Message> messages =
            queue.messages().stream()
                .map(each -> new MessageQueues.Message(each.type(), each.text().asBuffer()))
                .toList();
        MessageQueues.create(
            queue.identity().id(),
            queue.identity().key(),
            queue.capacity(),
            messages,
            owner(queue.identity()));
      }
      return objects.segments().size();
    } catch (LinuxException | IllegalStateException failure) {
      throw new GodwitException(
          EngineError.NOT_RESTORABLE,
          "the System V objects of the tree cannot be made here",
          String.valueOf(failure.getMessage()),
          "the pod's IPC namespace must be new, and Godwit needs CAP_CHECKPOINT_RESTORE or root",
          failure);
    }
  }

  private static void make(
      SysvObjects.Identity identity, SharedMemory memory, Restoration restoration) {
    SharedSegments.create(identity.id(), identity.key(), memory.size(), owner(identity));
    restoration
        .descriptors()
        .put(memory.id(), SharedSegments.open(identity.id(), memory.size(), true));
    if ((identity.mode() & IpcAbi.SHM_LOCKED) != 0 && !SharedSegments.lock(identity.id())) {
      throw new IllegalStateException(
          "segment " + identity.id() + " is locked into memory, which is not allowed here");
    }
  }

  private static IpcObjects.Owner owner(SysvObjects.Identity identity) {
    return new IpcObjects.Owner(
        identity.user(),
        identity.group(),
        identity.creator(),
        identity.creatorGroup(),
        identity.mode());
  }
}

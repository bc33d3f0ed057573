package io.godwit.engine.kind.ipc;

import io.godwit.core.GodwitException;
import io.godwit.engine.EngineError;
import io.godwit.image.Bytes;
import io.godwit.image.ImageLimits;
import io.godwit.image.SysvObjects;
import io.godwit.linux.ipc.IpcObjects;
import io.godwit.linux.ipc.MessageQueues;
import io.godwit.linux.ipc.SemaphoreSets;
import io.godwit.linux.proc.ProcFs;
import io.godwit.linux.proc.SysvIpc;
import java.util.ArrayList;
import java.util.List;

/**
 * What an IPC namespace holds, read on a thread inside it.
 *
 * @param semaphoreSets without the adjustments at exit, which only processes know
 */
record IpcContents(
    List<SysvIpc.SharedMemory> segments,
    List<SysvObjects.SemaphoreSet> semaphoreSets,
    List<SysvObjects.MessageQueue> messageQueues,
    List<SysvObjects.Setting> settings) {
  /** The place of semopm among the numbers of kernel.sem. */
  private static final int SEMOPM = 2;

  static IpcContents read() {
    ProcFs proc = ProcFs.host();
    IpcContents found =
        new IpcContents(
            proc.sharedMemory(),
            proc.semaphores().stream().map(IpcContents::set).toList(),
            proc.messageQueues().stream().map(IpcContents::queue).toList(),
            List.of());
    if (found.isEmpty()) {
      return found;
    }
    List<SysvObjects.Setting> settings = new ArrayList<>();
    for (String name : SysvObjects.Setting.NAMES) {
      settings.add(new SysvObjects.Setting(name, IpcObjects.setting(name)));
    }
    return new IpcContents(
        found.segments(), found.semaphoreSets(), found.messageQueues(), List.copyOf(settings));
  }

  boolean isEmpty() {
    return segments.isEmpty() && semaphoreSets.isEmpty() && messageQueues.isEmpty();
  }

  /** The operations that one semop(2) may have. */
  int operationsAtOnce() {
    return settings.stream()
        .filter(setting -> setting.name().equals("sem"))
        .map(setting -> Integer.parseInt(setting.value().split("[\\t ]+", -1)[SEMOPM]))
        .findFirst()
        .orElse(0);
  }

  static SysvObjects.Identity identity(SysvIpc.Owner owner) {
    return new SysvObjects.Identity(
        owner.id(),
        owner.key(),
        owner.uid(),
        owner.gid(),
        owner.cuid(),
        owner.cgid(),
        owner.mode());
  }

  private static SysvObjects.SemaphoreSet set(SysvIpc.Semaphores set) {
    return new SysvObjects.SemaphoreSet(
        identity(set.owner()),
        SemaphoreSets.values(set.owner().id(), set.count()),
        List.of(),
        set.operationTime() != 0);
  }

  private static SysvObjects.MessageQueue queue(SysvIpc.Messages queue) {
    int id = queue.owner().id();
    if (queue.bytes() > ImageLimits.MAX_STATE_BYTES) {
      throw new GodwitException(
          EngineError.NOT_MOVABLE,
          "the tree cannot be moved: message queue " + id,
          "it holds %d bytes, more than %d".formatted(queue.bytes(), ImageLimits.MAX_STATE_BYTES),
          "try again when its messages have been received");
    }
    return new SysvObjects.MessageQueue(
        identity(queue.owner()),
        MessageQueues.capacity(id),
        MessageQueues.peek(id, (int) queue.bytes()).stream()
            .map(message -> new SysvObjects.QueuedMessage(message.type(), Bytes.of(message.text())))
            .toList());
  }
}

package io.godwit.engine.kind.ipc;

import io.godwit.core.Pid;
import io.godwit.engine.restore.Restoration;
import io.godwit.engine.restore.RestoredProcess;
import io.godwit.image.SysvObjects;
import io.godwit.linux.SyscallBatch;
import io.godwit.linux.abi.IpcAbi;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.ipc.SemaphoreSets;
import io.godwit.linux.ipc.SemaphoreSets.Operation;
import java.util.ArrayList;
import java.util.List;

/**
 * Gives processes their adjustments of semaphores again: each changes the semaphore with SEM_UNDO
 * and, in the same call, back without. The values stay as they are.
 */
final class UndoMaking {
  private static final int LARGEST = IpcAbi.SEMAEM;

  private UndoMaking() {}

  /** When the threads exist, which share the adjustments of their process. */
  static void make(SysvObjects objects, Restoration restoration) {
    for (SysvObjects.SemaphoreSet set : objects.semaphoreSets()) {
      for (SysvObjects.Undo undo : set.undo()) {
        RestoredProcess process = restoration.process(new Pid(undo.process())).orElseThrow();
        byte[] operations =
            SemaphoreSets.encode(
                operations(
                    undo.semaphore(), set.values().get(undo.semaphore()), undo.adjustment()));
        SyscallBatch batch = process.calls().room(1, operations.length);
        batch.add(
            Syscall.SEMOP,
            set.identity().id(),
            batch.data(operations),
            operations.length / Operation.BYTES);
      }
    }
  }

  /** An operation with SEM_UNDO takes what it adds to the value from the adjustment. */
  static List<Operation> operations(int semaphore, int value, int adjustment) {
    List<Operation> operations = new ArrayList<>();
    add(operations, semaphore, -value, 0);
    add(operations, semaphore, adjustment > 0 ? adjustment : 0, 0);
    int left = -adjustment;
    while (left != 0) {
      int part = Math.min(left, LARGEST);
      add(operations, semaphore, part, IpcAbi.SEM_UNDO);
      add(operations, semaphore, part > 0 ? -part : 0, 0);
      left -= part;
    }
    add(operations, semaphore, value, 0);
    return operations;
  }

  private static void add(List<Operation> to, int semaphore, int amount, int flags) {
    if (amount != 0) { // which would mean: wait for zero
      to.add(new Operation(semaphore, amount, flags));
    }
  }
}

package io.godwit.engine.kind.ipc;

import io.godwit.core.GodwitException;
import io.godwit.engine.EngineError;
import io.godwit.engine.extract.ImageDraft;
import io.godwit.engine.freeze.FrozenProcess;
import io.godwit.image.SysvObjects;
import io.godwit.linux.SyscallBatch;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.IpcAbi;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.ipc.SemaphoreSets;
import io.godwit.linux.ipc.SemaphoreSets.Operation;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds what the end of each process would add to semaphores (SEM_UNDO of semop(2)). No call tells
 * it. But semop(2) does all its operations or none, and an operation with SEM_UNDO whose adjustment
 * would leave -32768 to 32767 fails with ERANGE, whereas one that would have to wait fails with
 * EAGAIN. So operations that lead the adjustment to the edge, with others between them that bring
 * the value back, and at last one that would have to wait, tell by their error how far the edge is,
 * and change nothing.
 */
final class UndoReading {
  private static final int LARGEST = IpcAbi.SEMAEM;

  /** Operations for one semaphore in the first question, whether there is any adjustment. */
  private static final int OPERATIONS = 7;

  /** Operations at the end of each question. */
  private static final int FAILING = 2;

  private final SysvObjects found;
  private final int together;
  private final List<SysvObjects.SemaphoreSet> sets;

  /**
   * @param atOnce operations that one semop(2) may have
   */
  UndoReading(SysvObjects found, int atOnce) {
    this.found = found;
    this.sets = new ArrayList<>(found.semaphoreSets());
    this.together = (atOnce - FAILING) / OPERATIONS;
    if (together < 1) {
      throw new GodwitException(
          EngineError.NOT_MOVABLE,
          "the tree cannot be moved: it has semaphores",
          "the limit of %d operations in one semop(2) is too low to look at them".formatted(atOnce),
          "raise the third number of kernel.sem in the pod to 9 or more");
    }
  }

  /** Asks with the other calls of the extraction, and completes the draft with what comes out. */
  void collect(List<FrozenProcess> processes, ImageDraft draft) {
    for (FrozenProcess process : processes) {
      for (int i = 0; i < sets.size(); i++) {
        List<Integer> values = sets.get(i).values();
        for (int from = 0; from < values.size(); from += together) {
          ask(process, i, from, Math.min(values.size(), from + together), draft);
        }
      }
    }
  }

  private void ask(FrozenProcess process, int set, int from, int to, ImageDraft draft) {
    List<Operation> operations = new ArrayList<>();
    for (int i = from; i < to; i++) {
      isAny(i, sets.get(set).values().get(i), operations);
    }
    byte[] bytes = SemaphoreSets.encode(failing(operations, from));
    SyscallBatch batch = process.calls().room(1, bytes.length);
    SyscallBatch.Call call = semop(batch, sets.get(set).identity().id(), bytes);
    process
        .calls()
        .then(
            () -> {
              if (isBeyond(call)) {
                for (int i = from; i < to; i++) {
                  read(process, set, i);
                }
                draft.sysv(
                    new SysvObjects(
                        found.segments(), sets, found.messageQueues(), found.settings()));
              }
            });
  }

  /** Leads the adjustment up by the largest number, back, and down by one more. */
  private static void isAny(int semaphore, int value, List<Operation> to) {
    add(to, semaphore, LARGEST - value, 0);
    add(to, semaphore, -LARGEST, IpcAbi.SEM_UNDO);
    add(to, semaphore, LARGEST, IpcAbi.SEM_UNDO);
    add(to, semaphore, -LARGEST, 0);
    add(to, semaphore, LARGEST, IpcAbi.SEM_UNDO);
    add(to, semaphore, -LARGEST, 0);
    add(to, semaphore, 1, IpcAbi.SEM_UNDO);
  }

  private static void add(List<Operation> to, int semaphore, int amount, int flags) {
    if (amount != 0) { // which would mean: wait for zero
      to.add(new Operation(semaphore, amount, flags));
    }
  }

  /**
   * With operations at the end of which one fails, so that none is done: no value can be lowered by
   * the largest number twice.
   */
  private static List<Operation> failing(List<Operation> operations, int semaphore) {
    List<Operation> all = new ArrayList<>(operations);
    all.add(new Operation(semaphore, -LARGEST, IpcAbi.IPC_NOWAIT));
    all.add(new Operation(semaphore, -LARGEST, IpcAbi.IPC_NOWAIT));
    return all;
  }

  private static SyscallBatch.Call semop(SyscallBatch batch, int id, byte[] operations) {
    return batch
        .add(Syscall.SEMOP, id, batch.data(operations), operations.length / Operation.BYTES)
        .mayFail();
  }

  /** Whether the answer is that an adjustment would leave its range. */
  private static boolean isBeyond(SyscallBatch.Call call) {
    int errno = (int) -call.result();
    if (errno == Errno.ERANGE.number()) {
      return true;
    }
    if (errno == Errno.EAGAIN.number() || errno == Errno.EACCES.number()) {
      return false; // who may not change a set has never done so
    }
    throw new GodwitException(
        EngineError.KERNEL_CALL,
        "the tree cannot be moved: its semaphores cannot be read",
        "semop: " + Errno.of(errno),
        "report this");
  }

  private void read(FrozenProcess process, int set, int semaphore) {
    SysvObjects.SemaphoreSet in = sets.get(set);
    int value = in.values().get(semaphore);
    int id = in.identity().id();
    int adjustment = 0;
    if (isAbove(process, id, semaphore, value, 0)) {
      adjustment = 1 + search(t -> isAbove(process, id, semaphore, value, t));
    } else if (isBelow(process, id, semaphore, value, 0)) {
      adjustment = -1 - search(t -> isBelow(process, id, semaphore, value, t));
    }
    if (adjustment == 0) {
      return;
    }
    List<SysvObjects.Undo> undo = new ArrayList<>(in.undo());
    undo.add(new SysvObjects.Undo(process.podPid().number(), semaphore, adjustment));
    sets.set(set, new SysvObjects.SemaphoreSet(in.identity(), in.values(), undo, in.operated()));
  }

  /** The largest number, from 0 on, for which the answer is yes; it is for 0. */
  private static int search(java.util.function.IntPredicate question) {
    int yes = 0;
    int no = LARGEST + 1;
    while (no - yes > 1) {
      int middle = (yes + no) >>> 1;
      if (question.test(middle)) {
        yes = middle;
      } else {
        no = middle;
      }
    }
    return yes;
  }

  /** Whether the adjustment is above a number from 0 to 32767. */
  private static boolean isAbove(
      FrozenProcess process, int id, int semaphore, int value, int number) {
    List<Operation> operations = new ArrayList<>();
    add(operations, semaphore, LARGEST - value, 0);
    add(operations, semaphore, -(LARGEST - number), IpcAbi.SEM_UNDO);
    return asked(process, id, semaphore, operations);
  }

  /** Whether the adjustment is below minus a number from 0 to 32767. */
  private static boolean isBelow(
      FrozenProcess process, int id, int semaphore, int value, int number) {
    List<Operation> operations = new ArrayList<>();
    add(operations, semaphore, -value, 0);
    if (number == 0) {
      add(operations, semaphore, LARGEST, IpcAbi.SEM_UNDO);
      add(operations, semaphore, -LARGEST, 0);
      add(operations, semaphore, 1, IpcAbi.SEM_UNDO);
    } else {
      add(operations, semaphore, LARGEST + 1 - number, IpcAbi.SEM_UNDO);
    }
    return asked(process, id, semaphore, operations);
  }

  private static boolean asked(
      FrozenProcess process, int id, int semaphore, List<Operation> operations) {
    SyscallBatch batch = process.injector().batch();
    SyscallBatch.Call call = semop(batch, id, SemaphoreSets.encode(failing(operations, semaphore)));
    process.injector().run(batch);
    return isBeyond(call);
  }
}

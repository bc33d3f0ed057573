package io.godwit.engine.kind.signal;

import io.godwit.engine.extract.ImageDraft;
import io.godwit.engine.extract.ProcessDraft;
import io.godwit.engine.freeze.FrozenProcess;
import io.godwit.engine.freeze.FrozenThread;
import io.godwit.engine.freeze.FrozenTree;
import io.godwit.engine.kind.ResourceKind;
import io.godwit.engine.restore.Restoration;
import io.godwit.engine.restore.RestoreStage;
import io.godwit.engine.restore.RestoredProcess;
import io.godwit.engine.restore.RestoredThread;
import io.godwit.image.Bytes;
import io.godwit.image.ImageLimits;
import io.godwit.image.PendingSignal;
import io.godwit.image.SignalAction;
import io.godwit.image.SignalSet;
import io.godwit.linux.SyscallBatch;
import io.godwit.linux.abi.Signals;
import io.godwit.linux.abi.Syscall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Actions on signals and pending signals, of the process and of each thread. */
public final class SignalKind implements ResourceKind {
  /** The kernel's struct sigaction of x86-64: handler, flags, restorer, mask. */
  private static final int ACTION_BYTES = 32;

  private static final int SET_BYTES = 8;

  @Override
  public String name() {
    return "signal";
  }

  @Override
  public void collect(FrozenTree tree, ImageDraft draft) {
    for (FrozenProcess process : tree.processes()) {
      ProcessDraft to = draft.process(process.podPid());
      for (int signal = 1; signal <= ImageLimits.MAX_SIGNAL; signal++) {
        ask(process, signal, to);
      }
      process.threads().getFirst().tracee().pendingSignals(true).stream()
          .map(info -> new PendingSignal(Bytes.of(info)))
          .forEach(to.pending()::add);
      for (FrozenThread thread : process.threads()) {
        thread.tracee().pendingSignals(false).stream()
            .map(info -> new PendingSignal(Bytes.of(info)))
            .forEach(to.thread(thread.podTid()).pending()::add);
      }
    }
  }

  private static void ask(FrozenProcess process, int signal, ProcessDraft to) {
    if (signal == Signals.SIGKILL || signal == Signals.SIGSTOP) {
      return; // always the default
    }
    SyscallBatch batch = process.calls().room(1, ACTION_BYTES);
    long old = batch.reserve(ACTION_BYTES);
    batch.add(Syscall.RT_SIGACTION, signal, 0, old, SET_BYTES);
    process
        .calls()
        .then(
            () -> {
              ByteBuffer raw =
                  ByteBuffer.wrap(batch.bytes(old, ACTION_BYTES)).order(ByteOrder.nativeOrder());
              SignalAction action =
                  new SignalAction(
                      signal,
                      raw.getLong(0),
                      raw.getLong(8),
                      raw.getLong(16),
                      new SignalSet(raw.getLong(24)));
              boolean isDefault =
                  action.handler() == 0 && action.flags() == 0 && action.mask().isEmpty();
              if (!isDefault) {
                to.actions().add(action);
              }
            });
  }

  @Override
  public void recreate(RestoreStage stage, Restoration restoration) {
    for (RestoredProcess process : restoration.processes()) {
      switch (stage) {
        case THREADS -> process.image().signals().actions().forEach(each -> act(process, each));
        case LAST -> pend(process);
        default -> {}
      }
    }
  }

  private static void act(RestoredProcess process, SignalAction action) {
    SyscallBatch batch = process.calls().room(1, ACTION_BYTES);
    long raw =
        batch.words(action.handler(), action.flags(), action.restorer(), action.mask().bits());
    batch.add(Syscall.RT_SIGACTION, action.signal(), raw, 0, SET_BYTES);
  }

  /** All signals are blocked while calls are injected, so what is queued here stays queued. */
  private static void pend(RestoredProcess process) {
    int pid = process.podPid().number();
    for (PendingSignal pending : process.image().signals().pending()) {
      SyscallBatch batch = process.calls().room(1, ImageLimits.SIGINFO_BYTES);
      long info = batch.data(pending.siginfo().toArray());
      batch.add(Syscall.RT_SIGQUEUEINFO, pid, pending.signal(), info);
    }
    for (RestoredThread thread : process.threads()) {
      for (PendingSignal pending : thread.image().pending()) {
        SyscallBatch batch = thread.calls().room(1, ImageLimits.SIGINFO_BYTES);
        long info = batch.data(pending.siginfo().toArray());
        int tid = thread.image().tid().number();
        batch.add(Syscall.RT_TGSIGQUEUEINFO, pid, tid, pending.signal(), info);
      }
    }
  }
}

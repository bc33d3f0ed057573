package io.godwit.engine.kind.timer;

import io.godwit.core.Tid;
import io.godwit.engine.extract.ImageDraft;
import io.godwit.engine.extract.ProcessDraft;
import io.godwit.engine.freeze.FrozenProcess;
import io.godwit.engine.freeze.FrozenThread;
import io.godwit.engine.freeze.FrozenTree;
import io.godwit.engine.kind.ResourceKind;
import io.godwit.engine.restore.Restoration;
import io.godwit.engine.restore.RestoreStage;
import io.godwit.engine.restore.RestoredProcess;
import io.godwit.image.IntervalTimer;
import io.godwit.image.LiveProcess;
import io.godwit.image.PosixTimer;
import io.godwit.linux.SyscallBatch;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.descriptor.IntervalTime;
import io.godwit.linux.proc.ProcTask;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** setitimer(2) and timer_create(2). Timers run on from what they had left when all else is set. */
public final class TimerKind implements ResourceKind {
  private static final int INTERVAL_TIMERS = 3;
  private static final long MICROS = 1_000_000L;
  private static final int SIGEV_SIGNAL = 0;
  private static final int SIGEV_NONE = 1;
  private static final int SIGEV_THREAD_ID = 4;

  @Override
  public String name() {
    return "timer";
  }

  @Override
  public void collect(FrozenTree tree, ImageDraft draft) {
    for (FrozenProcess process : tree.processes()) {
      ProcessDraft to = draft.process(process.podPid());
      for (int which = 0; which < INTERVAL_TIMERS; which++) {
        ask(process, which, to);
      }
      for (io.godwit.linux.proc.PosixTimer timer :
          new ProcTask(process.proc().toString()).timers()) {
        ask(process, timer, to);
      }
    }
  }

  private static void ask(FrozenProcess process, int which, ProcessDraft to) {
    SyscallBatch batch = process.calls().room(1, IntervalTime.BYTES);
    long value = batch.reserve(IntervalTime.BYTES);
    batch.add(Syscall.GETITIMER, which, value);
    process
        .calls()
        .then(
            () -> {
              ByteBuffer raw =
                  ByteBuffer.wrap(batch.bytes(value, IntervalTime.BYTES))
                      .order(ByteOrder.nativeOrder());
              long interval = (raw.getLong(0) * MICROS + raw.getLong(8)) * 1000;
              long remaining = (raw.getLong(16) * MICROS + raw.getLong(24)) * 1000;
              if (interval != 0 || remaining != 0) {
                to.intervalTimers().add(new IntervalTimer(which, remaining, interval));
              }
            });
  }

  private static void ask(
      FrozenProcess process, io.godwit.linux.proc.PosixTimer timer, ProcessDraft to) {
    SyscallBatch batch = process.calls().room(2, IntervalTime.BYTES);
    long value = batch.reserve(IntervalTime.BYTES);
    batch.add(Syscall.TIMER_GETTIME, timer.id(), value);
    SyscallBatch.Call overrun = batch.add(Syscall.TIMER_GETOVERRUN, timer.id());
    process
        .calls()
        .then(
            () -> {
              IntervalTime time = IntervalTime.of(batch.bytes(value, IntervalTime.BYTES));
              to.posixTimers()
                  .add(
                      new PosixTimer(
                          timer.id(),
                          timer.clock(),
                          notification(timer),
                          timer.signal(),
                          timer.value(),
                          target(process, timer),
                          time.valueNanos(),
                          time.intervalNanos(),
                          (int) overrun.result()));
            });
  }

  private static int notification(io.godwit.linux.proc.PosixTimer timer) {
    if (timer.toThread()) {
      return SIGEV_THREAD_ID;
    }
    return timer.how().equals("none") ? SIGEV_NONE : SIGEV_SIGNAL;
  }

  private static Optional<Tid> target(
      FrozenProcess process, io.godwit.linux.proc.PosixTimer timer) {
    return timer.toThread()
        ? process.threads().stream()
            .filter(thread -> thread.hostTid().number() == timer.target())
            .map(FrozenThread::podTid)
            .findFirst()
        : Optional.empty();
  }

  @Override
  public void recreate(RestoreStage stage, Restoration restoration) {
    for (RestoredProcess process : restoration.processes()) {
      LiveProcess.ProcessTimers timers = process.image().timers();
      switch (stage) {
        case THREADS -> {
          if (!timers.posix().isEmpty()) {
            TimerMaker.make(process, timers.posix());
          }
        }
        case LAST -> {
          timers.interval().forEach(timer -> start(process, timer));
          timers.posix().forEach(timer -> start(process, timer));
        }
        default -> {}
      }
    }
  }

  private static void start(RestoredProcess process, IntervalTimer timer) {
    SyscallBatch batch = process.calls().room(1, IntervalTime.BYTES);
    // A microsecond at least: zero would disarm it.
    long remaining = Math.max(timer.remainingNanos() / 1000, timer.remainingNanos() > 0 ? 1 : 0);
    long interval = timer.intervalNanos() / 1000;
    long raw =
        batch.words(interval / MICROS, interval % MICROS, remaining / MICROS, remaining % MICROS);
    batch.add(Syscall.SETITIMER, timer.which(), raw, 0);
  }

  private static void start(RestoredProcess process, PosixTimer timer) {
    if (timer.remainingNanos() == 0 && timer.intervalNanos() == 0) {
      return;
    }
    SyscallBatch batch = process.calls().room(1, IntervalTime.BYTES);
    long raw = batch.data(new IntervalTime(timer.intervalNanos(), timer.remainingNanos()).bytes());
    batch.add(Syscall.TIMER_SETTIME, timer.id(), 0, raw, 0);
  }
}

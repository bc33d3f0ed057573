package io.godwit.engine.kind.timer;

import io.godwit.core.GodwitException;
import io.godwit.core.Tid;
import io.godwit.engine.EngineError;
import io.godwit.engine.restore.RestoredProcess;
import io.godwit.image.PosixTimer;
import io.godwit.linux.SyscallBatch;
import io.godwit.linux.abi.Syscall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Comparator;
import java.util.List;

/**
 * Makes POSIX timers under their ids: with PR_TIMER_CREATE_RESTORE_IDS (Linux 6.15) directly, else
 * by making and deleting timers until the kernel's counter has come to the id.
 */
final class TimerMaker {
  private static final int PR_TIMER_CREATE_RESTORE_IDS = 77;
  private static final int ON = 1;
  private static final int OFF = 0;
  private static final int SIGEVENT_BYTES = 64;
  private static final int CLOCK_MONOTONIC = 1;
  private static final int SIGEV_NONE = 1;

  /** The highest id that is reached by counting. */
  private static final int MAX_COUNTED = 1_000_000;

  private TimerMaker() {}

  static void make(RestoredProcess process, List<PosixTimer> timers) {
    SyscallBatch first = process.injector().batch();
    SyscallBatch.Call direct = first.add(Syscall.PRCTL, PR_TIMER_CREATE_RESTORE_IDS, ON).mayFail();
    process.injector().run(first);
    boolean counting = direct.failed();
    int next = 0;
    for (PosixTimer timer :
        timers.stream().sorted(Comparator.comparingInt(PosixTimer::id)).toList()) {
      if (counting) {
        if (timer.id() > MAX_COUNTED) {
          throw wrongId(process, timer, "it is too high to be reached by counting");
        }
        for (; next < timer.id(); next++) {
          skip(process);
        }
        next = timer.id() + 1;
      }
      make(process, timer);
    }
    if (!counting) {
      process.calls().room(1, 0).add(Syscall.PRCTL, PR_TIMER_CREATE_RESTORE_IDS, OFF);
    }
    process.calls().flush();
  }

  private static void skip(RestoredProcess process) {
    SyscallBatch batch = process.calls().room(2, SIGEVENT_BYTES + 8);
    long id = batch.reserve(8);
    batch.add(Syscall.TIMER_CREATE, CLOCK_MONOTONIC, batch.data(event(0, 0, SIGEV_NONE, 0)), id);
    batch.add(Syscall.TIMER_DELETE, 0).argumentAt(0, id);
  }

  private static void make(RestoredProcess process, PosixTimer timer) {
    SyscallBatch batch = process.calls().room(1, SIGEVENT_BYTES + 8);
    long id = batch.words(timer.id());
    int thread = timer.thread().map(Tid::number).orElse(0);
    byte[] event = event(timer.value(), timer.signal(), timer.notification(), thread);
    batch.add(Syscall.TIMER_CREATE, timer.clock(), batch.data(event), id);
    process
        .calls()
        .then(
            () -> {
              if (batch.number(id) != timer.id()) {
                throw wrongId(process, timer, "the kernel gave " + batch.number(id) + " instead");
              }
            });
  }

  /** struct sigevent: value, signal, how, thread. */
  private static byte[] event(long value, int signal, int notification, int thread) {
    return ByteBuffer.allocate(SIGEVENT_BYTES)
        .order(ByteOrder.nativeOrder())
        .putLong(value)
        .putInt(signal)
        .putInt(notification)
        .putInt(thread)
        .array();
  }

  private static GodwitException wrongId(RestoredProcess process, PosixTimer timer, String why) {
    return new GodwitException(
        EngineError.NOT_RESTORABLE,
        "timer " + timer.id() + " of process " + process.podPid() + " cannot have its id",
        why,
        "use a kernel from 6.15 on, which lets ids be chosen");
  }
}

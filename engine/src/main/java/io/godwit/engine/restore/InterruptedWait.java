package io.godwit.engine.restore;

import io.godwit.image.BlockedCall;
import io.godwit.linux.Injector;
import io.godwit.linux.Registers;
import io.godwit.linux.Tracee;
import io.godwit.linux.abi.Architecture;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.abi.WaitStatus;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * A relative wait that goes on for the time that remains. The kernel keeps such a wait in the
 * thread's restart block, which nobody can write; so the thread begins the wait in the scratch area
 * and is interrupted as it enters, whereupon the kernel fills the block itself.
 */
final class InterruptedWait {
  private static final long TIMEOUT_NANOS = 5_000_000_000L;
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long ERESTART_RESTARTBLOCK = 516;
  private static final int STOPS = 8;

  private final RestoredThread thread;
  private final BlockedCall.Remaining wait;
  private final Registers original;

  InterruptedWait(RestoredThread thread, BlockedCall.Remaining wait) {
    this.thread = thread;
    this.wait = wait;
    this.original = Registers.of(thread.image().registers().general().toArray());
  }

  /** Gives back the registers with which the thread is to leave, empty to begin the call anew. */
  Optional<Registers> begin() {
    int call = (int) wait.call();
    if (call == number(Syscall.EPOLL_WAIT) || call == number(Syscall.EPOLL_PWAIT)) {
      return Optional.of(original.callAgain().withArgument(3, milliseconds()));
    }
    long[] arguments = arguments(call);
    if (arguments.length == 0) {
      return Optional.empty();
    }
    Injector injector = thread.injector();
    long timeAt = injector.scratch().start() + Injector.CODE_SIZE;
    ByteBuffer time = ByteBuffer.allocate(16).order(ByteOrder.nativeOrder());
    time.putLong(wait.nanos() / NANOS_PER_SECOND).putLong(wait.nanos() % NANOS_PER_SECOND);
    injector.memory().write(timeAt, time.array());
    Tracee tracee = thread.tracee();
    tracee.setRegisters(
        tracee.registers().forSyscall(injector.gadget(), beginning(call), arguments));
    tracee.resumeToSyscall();
    await(tracee);
    tracee.interrupt();
    for (int i = 0; i < STOPS; i++) {
      tracee.resume();
      if (await(tracee).isEventStop()) {
        return Optional.of(after(tracee.registers().result()));
      }
    }
    throw new IllegalStateException(tracee + " does not stop in its wait");
  }

  private Registers after(long result) {
    if (result == -ERESTART_RESTARTBLOCK) {
      // As interrupted: on leaving its stop the kernel goes on with the block.
      return original.withResult(result);
    }
    // It came true at once: that is the call's result.
    return original.withResult(result).outOfSyscall();
  }

  private static WaitStatus await(Tracee tracee) {
    WaitStatus status =
        tracee
            .await(TIMEOUT_NANOS)
            .orElseThrow(() -> new IllegalStateException(tracee + " does not stop in its wait"));
    if (!status.stopped()) {
      throw new IllegalStateException(tracee + " " + status);
    }
    return status;
  }

  private int milliseconds() {
    return (int)
        Math.min(Integer.MAX_VALUE, (wait.nanos() + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
  }

  private boolean isClockSleep() {
    return Long.compareUnsigned(original.argument(0), 4096) < 0;
  }

  /** A sleep that was restarted before is known as nanosleep, whichever of the two began it. */
  private int beginning(int call) {
    return call == number(Syscall.NANOSLEEP) && isClockSleep()
        ? number(Syscall.CLOCK_NANOSLEEP)
        : call;
  }

  private long[] arguments(int call) {
    long timeAt = thread.injector().scratch().start() + Injector.CODE_SIZE;
    if (beginning(call) == number(Syscall.CLOCK_NANOSLEEP)) {
      return new long[] {original.argument(0), 0, timeAt, original.argument(3)};
    }
    if (call == number(Syscall.NANOSLEEP)) {
      return new long[] {timeAt, original.argument(1)};
    }
    if (call == number(Syscall.POLL)) {
      return new long[] {original.argument(0), original.argument(1), milliseconds()};
    }
    if (call == number(Syscall.FUTEX)) {
      return new long[] {original.argument(0), original.argument(1), original.argument(2), timeAt};
    }
    return new long[0];
  }

  private static int number(Syscall call) {
    return Architecture.current().number(call);
  }
}

package io.godwit.engine.kind.thread;

import io.godwit.engine.freeze.FrozenProcess;
import io.godwit.engine.freeze.FrozenThread;
import io.godwit.engine.freeze.RestartedCall;
import io.godwit.image.BlockedCall;
import io.godwit.linux.Registers;

/** What becomes of the calls that the freeze interrupted. */
final class BlockedCalls {
  private static final int ERESTARTSYS = 512;
  private static final int ERESTARTNOINTR = 513;
  private static final int ERESTARTNOHAND = 514;
  private static final int ERESTART_RESTARTBLOCK = 516;

  private BlockedCalls() {}

  static BlockedCall describe(FrozenProcess process, FrozenThread thread) {
    Registers registers = thread.registers();
    if (!registers.inSyscall()) {
      return new BlockedCall.None();
    }
    boolean ended =
        registers.result() == -4 && RestartedCall.whenOnlyWeInterrupted(thread).isEmpty();
    if (thread.sleep().isPresent() && !ended) {
      return new BlockedCall.Remaining(
          thread.sleep().get().call(), thread.sleep().get().remainingNanos());
    }
    return switch ((int) -registers.result()) {
      case ERESTARTSYS, ERESTARTNOINTR, ERESTARTNOHAND, ERESTART_RESTARTBLOCK ->
          new BlockedCall.Restart(registers.syscallNumber());
      default ->
          RestartedCall.whenOnlyWeInterrupted(thread).isPresent()
              ? new BlockedCall.Restart(registers.syscallNumber())
              : new BlockedCall.None();
    };
  }
}

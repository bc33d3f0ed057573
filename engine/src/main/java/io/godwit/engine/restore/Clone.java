package io.godwit.engine.restore;

import io.godwit.core.GodwitException;
import io.godwit.engine.EngineError;
import io.godwit.linux.SyscallBatch;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.Syscall;

/**
 * clone3(2) with a chosen number, of a process or of a thread, traced from its first instruction.
 */
final class Clone {
  static final long CLONE_VM = 0x100;
  static final long CLONE_FS = 0x200;
  static final long CLONE_FILES = 0x400;
  static final long CLONE_SIGHAND = 0x800;
  static final long CLONE_PTRACE = 0x2000;
  static final long CLONE_PARENT = 0x8000;
  static final long CLONE_THREAD = 0x10000;
  static final long CLONE_SYSVSEM = 0x40000;
  static final long THREAD =
      CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;

  /** Bytes of batch data for one call. */
  static final int DATA = 128;

  private static final int ARGUMENTS = 88;

  private Clone() {}

  /** Adds the call for a child or thread with the given number to a batch. */
  static SyscallBatch.Call add(SyscallBatch batch, int number, long flags, int exitSignal) {
    long setTid = batch.words(number & 0xffff_ffffL);
    long[] words = new long[ARGUMENTS / 8];
    words[0] = flags | CLONE_PTRACE;
    words[4] = exitSignal;
    words[8] = setTid;
    words[9] = 1;
    return batch.add(Syscall.CLONE3, batch.words(words), ARGUMENTS).mayFail();
  }

  /** Throws unless the call made the child or thread. */
  static void check(SyscallBatch.Call call, int number) {
    if (call.result() == -Errno.EEXIST.number()) {
      throw new GodwitException(
          EngineError.PID_TAKEN,
          "the tree cannot be built: it needs the number " + number,
          "a process or thread here has this number",
          "end that process, or restart in a fresh pod");
    }
    if (call.failed()) {
      Errno errno = Errno.of((int) -call.result());
      boolean exhausted = errno == Errno.EAGAIN || errno == Errno.ENOMEM;
      throw new GodwitException(
          exhausted ? EngineError.EXHAUSTED : EngineError.KERNEL_CALL,
          "process or thread " + number + " cannot be made",
          "clone3: " + (errno == null ? call.result() : errno.name() + " (" + errno.text() + ")"),
          exhausted
              ? "raise the limits on processes and memory"
              : "choosing process ids needs CAP_CHECKPOINT_RESTORE or root");
    }
  }
}

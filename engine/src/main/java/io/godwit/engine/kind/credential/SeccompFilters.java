package io.godwit.engine.kind.credential;

import io.godwit.core.GodwitException;
import io.godwit.engine.EngineError;
import io.godwit.engine.restore.RestoredThread;
import io.godwit.image.Bytes;
import io.godwit.image.Security;
import io.godwit.linux.SyscallBatch;
import io.godwit.linux.Tracee;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.NativeBuffer;
import io.godwit.linux.abi.Ptrace;
import io.godwit.linux.abi.Syscall;
import java.util.ArrayList;
import java.util.List;

/**
 * Seccomp programs, seccomp(2): read with PTRACE_SECCOMP_GET_FILTER, the oldest first, and
 * installed again in that order. Needs CAP_SYS_ADMIN and a kernel with CHECKPOINT_RESTORE.
 */
final class SeccompFilters {
  private static final int PTRACE_SECCOMP_GET_FILTER = 0x420c;
  private static final int PTRACE_SECCOMP_GET_METADATA = 0x420d;
  private static final int METADATA_BYTES = 16;
  private static final int INSTRUCTION_BYTES = 8;
  private static final int MAX_INSTRUCTIONS = 4096;
  private static final int MAX_FILTERS = 4096;
  private static final int SECCOMP_SET_MODE_FILTER = 1;

  /** SECCOMP_FILTER_FLAG_LOG and _SPEC_ALLOW: the flags that remain with a filter. */
  private static final int KEPT_FLAGS = 2 | 4;

  private SeccompFilters() {}

  static List<Security.SeccompFilter> of(Tracee tracee) {
    List<Security.SeccompFilter> filters = new ArrayList<>();
    NativeBuffer program = NativeBuffer.allocate(MAX_INSTRUCTIONS * INSTRUCTION_BYTES);
    NativeBuffer metadata = NativeBuffer.allocate(METADATA_BYTES);
    int tid = tracee.tid().number();
    for (int index = 0; index < MAX_FILTERS; index++) {
      long count = Ptrace.request(PTRACE_SECCOMP_GET_FILTER, tid, index, program.address());
      if (count == -Errno.ENOENT.number()) {
        return filters;
      }
      if (count < 0) {
        throw new GodwitException(
            EngineError.NOT_MOVABLE,
            "thread " + tid + " has a seccomp filter that cannot be read",
            "the kernel says " + Errno.of((int) -count),
            "run as root, outside of a seccomp filter, on a kernel with CHECKPOINT_RESTORE");
      }
      byte[] bytes = new byte[(int) count * INSTRUCTION_BYTES];
      program.bytes().get(0, bytes);
      metadata.putLong(0, index);
      long known =
          Ptrace.request(PTRACE_SECCOMP_GET_METADATA, tid, METADATA_BYTES, metadata.address());
      int flags = known < 0 ? 0 : metadata.getInt(8) & KEPT_FLAGS;
      filters.add(new Security.SeccompFilter(flags, Bytes.of(bytes)));
    }
    return filters;
  }

  /** The thread must be traced past its filters, and still have the right to install them. */
  static void install(RestoredThread thread, List<Security.SeccompFilter> filters) {
    for (Security.SeccompFilter filter : filters) {
      byte[] program = filter.program().toArray();
      SyscallBatch batch = thread.calls().room(1, program.length + 32);
      long code = batch.data(program);
      // struct sock_fprog: a 16-bit length, padding, the address
      long header = batch.words(program.length / INSTRUCTION_BYTES, code);
      batch.add(Syscall.SECCOMP, SECCOMP_SET_MODE_FILTER, filter.flags(), header);
    }
  }
}

package io.godwit.image;

import io.godwit.core.Tid;
import java.util.List;
import java.util.Optional;

/**
 * One thread.
 *
 * @param tid in the pod's PID namespace
 * @param name comm, at most 15 bytes
 * @param signalMask the signals that it blocks
 * @param clearChildTid the address of set_tid_address(2), 0 for none
 * @param ownSecurity where it differs from the process's
 * @param attributes per-thread attributes of prctl(2)
 */
public record ThreadImage(
    Tid tid,
    String name,
    Registers registers,
    BlockedCall blockedCall,
    SignalSet signalMask,
    List<PendingSignal> pending,
    Optional<AlternateStack> alternateStack,
    Optional<RestartableSequence> restartableSequence,
    Optional<RobustList> robustList,
    long clearChildTid,
    Scheduling scheduling,
    Optional<Security> ownSecurity,
    List<PrctlAttribute> attributes) {
  public ThreadImage {
    Require.text(name, 15, "a thread's name");
    pending = Require.entries(pending, "pending signals");
    attributes = Require.entries(attributes, "attributes");
  }

  /** The stack for signal handlers (sigaltstack(2)); {@code flags} are SS_*. */
  public record AlternateStack(long address, long size, int flags) {
    public AlternateStack {
      Require.notNegative(size, "the size of a signal stack");
    }
  }

  /** The area of rseq(2) as PTRACE_GET_RSEQ_CONFIGURATION tells it. */
  public record RestartableSequence(long address, int size, int signature, int flags) {
    public RestartableSequence {
      Require.notNegative(size, "the size of an rseq area");
    }
  }

  /** The head of the list of robust futexes (set_robust_list(2)). */
  public record RobustList(long head, long length) {
    public RobustList {
      Require.notNegative(length, "the length of a robust list's head");
    }
  }
}

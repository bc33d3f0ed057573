package io.godwit.engine.extract;

import io.godwit.core.Tid;
import io.godwit.image.BlockedCall;
import io.godwit.image.PendingSignal;
import io.godwit.image.PrctlAttribute;
import io.godwit.image.Registers;
import io.godwit.image.Scheduling;
import io.godwit.image.Security;
import io.godwit.image.SignalSet;
import io.godwit.image.ThreadImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A thread's record while the kinds fill it. */
public final class ThreadDraft {
  private final Tid podTid;
  private String name = "";
  private @Nullable Registers registers;
  private BlockedCall blockedCall = new BlockedCall.None();
  private SignalSet signalMask = SignalSet.EMPTY;
  private final List<PendingSignal> pending = new ArrayList<>();
  private Optional<ThreadImage.AlternateStack> alternateStack = Optional.empty();
  private Optional<ThreadImage.RestartableSequence> restartableSequence = Optional.empty();
  private Optional<ThreadImage.RobustList> robustList = Optional.empty();
  private long clearChildTid;
  private @Nullable Scheduling scheduling;
  private Optional<Security> ownSecurity = Optional.empty();
  private final List<PrctlAttribute> attributes = new ArrayList<>();

  ThreadDraft(Tid podTid) {
    this.podTid = podTid;
  }

  public Tid podTid() {
    return podTid;
  }

  public void name(String value) {
    name = value;
  }

  public void registers(Registers value) {
    registers = value;
  }

  public void blockedCall(BlockedCall value) {
    blockedCall = value;
  }

  public void signalMask(long bits) {
    signalMask = new SignalSet(bits);
  }

  /** To be added to: signals pending for this thread alone. */
  public List<PendingSignal> pending() {
    return pending;
  }

  public void alternateStack(ThreadImage.AlternateStack value) {
    alternateStack = Optional.of(value);
  }

  public void restartableSequence(ThreadImage.RestartableSequence value) {
    restartableSequence = Optional.of(value);
  }

  public void robustList(ThreadImage.RobustList value) {
    robustList = Optional.of(value);
  }

  public void clearChildTid(long address) {
    clearChildTid = address;
  }

  public void scheduling(Scheduling value) {
    scheduling = value;
  }

  /** Only where it differs from the process's. */
  public void ownSecurity(Security value) {
    ownSecurity = Optional.of(value);
  }

  /** To be added to: attributes of this thread alone. */
  public List<PrctlAttribute> attributes() {
    return attributes;
  }

  ThreadImage build() {
    return new ThreadImage(
        podTid,
        name,
        Objects.requireNonNull(registers, () -> "no registers of thread " + podTid),
        blockedCall,
        signalMask,
        pending,
        alternateStack,
        restartableSequence,
        robustList,
        clearChildTid,
        Objects.requireNonNull(scheduling, () -> "no scheduling of thread " + podTid),
        ownSecurity,
        attributes);
  }
}

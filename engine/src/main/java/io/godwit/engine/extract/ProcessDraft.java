package io.godwit.engine.extract;

import io.godwit.core.Pid;
import io.godwit.core.Tid;
import io.godwit.image.AddressSpaceImage;
import io.godwit.image.DescriptorTable;
import io.godwit.image.IntervalTimer;
import io.godwit.image.LiveProcess;
import io.godwit.image.ObjectId;
import io.godwit.image.PendingSignal;
import io.godwit.image.PosixTimer;
import io.godwit.image.PrctlAttribute;
import io.godwit.image.ProcessIdentity;
import io.godwit.image.Security;
import io.godwit.image.SignalAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A process's record while the kinds fill it. Every field belongs to one kind, which sets it once;
 * what is still missing at the end is an error of the engine and named as such.
 */
public final class ProcessDraft {
  private final Pid podPid;
  private final Map<Tid, ThreadDraft> threads = new TreeMap<>();
  private @Nullable ProcessIdentity identity;
  private @Nullable AddressSpaceImage memory;
  private @Nullable DescriptorTable descriptors;
  private LiveProcess.@Nullable FileSystemContext fileSystem;
  private @Nullable Security security;
  private final List<SignalAction> actions = new ArrayList<>();
  private final List<PendingSignal> pending = new ArrayList<>();
  private final List<IntervalTimer> intervalTimers = new ArrayList<>();
  private final List<PosixTimer> posixTimers = new ArrayList<>();
  private final List<LiveProcess.ResourceLimit> limits = new ArrayList<>();
  private final List<PrctlAttribute> prctl = new ArrayList<>();
  private int personality;
  private int dumpable = 1;
  private int oomScoreAdjust;
  private Optional<ObjectId> controllingTerminal = Optional.empty();
  private int foregroundGroup;
  private OptionalInt stopSignal = OptionalInt.empty();

  ProcessDraft(Pid podPid) {
    this.podPid = podPid;
  }

  public Pid podPid() {
    return podPid;
  }

  /** A thread's draft, made at first use. The main thread comes first, then ascending tids. */
  public ThreadDraft thread(Tid podTid) {
    return threads.computeIfAbsent(podTid, ThreadDraft::new);
  }

  public void identity(ProcessIdentity value) {
    identity = value;
  }

  public void memory(AddressSpaceImage value) {
    memory = value;
  }

  public void descriptors(DescriptorTable value) {
    descriptors = value;
  }

  public void fileSystem(LiveProcess.FileSystemContext value) {
    fileSystem = value;
  }

  public void security(Security value) {
    security = value;
  }

  /** To be added to: actions that are not the default. */
  public List<SignalAction> actions() {
    return actions;
  }

  /** To be added to: signals pending for the process. */
  public List<PendingSignal> pending() {
    return pending;
  }

  /** To be added to. */
  public List<IntervalTimer> intervalTimers() {
    return intervalTimers;
  }

  /** To be added to. */
  public List<PosixTimer> posixTimers() {
    return posixTimers;
  }

  /** To be added to. */
  public List<LiveProcess.ResourceLimit> limits() {
    return limits;
  }

  /** To be added to: attributes of the process. */
  public List<PrctlAttribute> prctl() {
    return prctl;
  }

  public void personality(int value) {
    personality = value;
  }

  public void dumpable(int value) {
    dumpable = value;
  }

  public void oomScoreAdjust(int value) {
    oomScoreAdjust = value;
  }

  public void controllingTerminal(ObjectId description, int foreground) {
    controllingTerminal = Optional.of(description);
    foregroundGroup = foreground;
  }

  public void stopSignal(int signal) {
    stopSignal = OptionalInt.of(signal);
  }

  LiveProcess build() {
    return new LiveProcess(
        set(identity, "identity"),
        set(memory, "memory"),
        set(descriptors, "descriptors"),
        set(fileSystem, "file system context"),
        new LiveProcess.SignalState(actions, pending),
        new LiveProcess.ProcessTimers(intervalTimers, posixTimers),
        set(security, "security"),
        limits,
        new LiveProcess.ProcessAttributes(
            personality, dumpable, oomScoreAdjust, prctl, controllingTerminal, foregroundGroup),
        threads.values().stream().map(ThreadDraft::build).toList(),
        stopSignal);
  }

  private <T> T set(@Nullable T value, String field) {
    return Objects.requireNonNull(value, () -> "no kind told " + field + " of process " + podPid);
  }
}

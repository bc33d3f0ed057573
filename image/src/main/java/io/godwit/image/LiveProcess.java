package io.godwit.image;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A process that lives.
 *
 * @param threads the main thread first, whose tid is the pid; a main thread that has ended while
 *     others go on is not among them
 * @param stopSignal where the whole process was stopped by job control, by which signal
 */
public record LiveProcess(
    ProcessIdentity identity,
    AddressSpaceImage memory,
    DescriptorTable descriptors,
    FileSystemContext fileSystem,
    SignalState signals,
    ProcessTimers timers,
    Security security,
    List<ResourceLimit> limits,
    ProcessAttributes attributes,
    List<ThreadImage> threads,
    OptionalInt stopSignal)
    implements ProcessImage {
  public LiveProcess {
    limits = Require.list(limits, 64, "resource limits");
    threads = Require.list(threads, ImageLimits.MAX_THREADS, "threads");
    Require.that(!threads.isEmpty(), "process " + identity.pid() + " lives but has no thread");
    Require.that(
        threads.stream().map(ThreadImage::tid).distinct().count() == threads.size(),
        "process " + identity.pid() + " lists a thread twice");
    stopSignal.ifPresent(signal -> Require.range(signal, 1, ImageLimits.MAX_SIGNAL, "a stop"));
  }

  /** The same with another address space. */
  public LiveProcess withMemory(AddressSpaceImage other) {
    return new LiveProcess(
        identity,
        other,
        descriptors,
        fileSystem,
        signals,
        timers,
        security,
        limits,
        attributes,
        threads,
        stopSignal);
  }

  /**
   * Where paths of a process begin (chdir(2), chroot(2), umask(2)).
   *
   * @param root as the pod's root sees it, "/" for most
   */
  public record FileSystemContext(FileReference workingDirectory, FileReference root, int umask) {
    public FileSystemContext {
      Require.range(umask, 0, 0777, "a umask");
    }
  }

  /**
   * The process-wide part of signals.
   *
   * @param actions only those that are not the default
   * @param pending signals sent to the process as a whole, in order
   */
  public record SignalState(List<SignalAction> actions, List<PendingSignal> pending) {
    public SignalState {
      actions = Require.list(actions, ImageLimits.MAX_SIGNAL, "signal actions");
      pending = Require.entries(pending, "pending signals");
    }
  }

  /** The timers of a process. */
  public record ProcessTimers(List<IntervalTimer> interval, List<PosixTimer> posix) {
    public ProcessTimers {
      interval = Require.list(interval, 3, "interval timers");
      posix = Require.entries(posix, "POSIX timers");
    }
  }

  /**
   * A limit of prlimit(2).
   *
   * @param resource RLIMIT_*
   * @param soft as an unsigned number; -1 is RLIM_INFINITY
   * @param hard as an unsigned number; -1 is RLIM_INFINITY
   */
  public record ResourceLimit(int resource, long soft, long hard) {
    public ResourceLimit {
      Require.range(resource, 0, 63, "a resource");
      Require.that(
          Long.compareUnsigned(soft, hard) <= 0,
          "the soft limit of resource " + resource + " is above the hard one");
    }
  }

  /**
   * Further attributes.
   *
   * @param personality of personality(2)
   * @param dumpable 0, 1 or 2 (PR_GET_DUMPABLE)
   * @param oomScoreAdjust of /proc/PID/oom_score_adj, -1000 to 1000
   * @param prctl process-wide attributes of prctl(2)
   * @param controllingTerminal the open description of the session's terminal where this process
   *     leads a session that has one
   * @param foregroundGroup of that terminal, 0 for none
   */
  public record ProcessAttributes(
      int personality,
      int dumpable,
      int oomScoreAdjust,
      List<PrctlAttribute> prctl,
      Optional<ObjectId> controllingTerminal,
      int foregroundGroup) {
    public ProcessAttributes {
      Require.range(dumpable, 0, 2, "dumpable");
      Require.range(oomScoreAdjust, -1000, 1000, "oom_score_adj");
      prctl = Require.entries(prctl, "attributes");
      Require.notNegative(foregroundGroup, "a foreground group");
    }
  }
}

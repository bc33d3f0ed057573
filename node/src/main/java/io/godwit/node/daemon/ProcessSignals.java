package io.godwit.node.daemon;

import io.godwit.core.GodwitException;
import io.godwit.node.NodeError;
import io.godwit.node.NodeLimits;
import io.godwit.node.pod.Pod;
import io.godwit.node.pod.PodRoom;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Signals to the processes of this node. What is on its way to another node gets its signals there:
 * a signal waits for the outcome, and the process is unknown here when it has left. Safe from any
 * thread.
 */
final class ProcessSignals {
  private static final Logger LOG = System.getLogger(ProcessSignals.class.getName());
  private static final long PAUSE_NANOS = 2_000_000;

  private final PodRoom pods;
  private final LocalProcesses processes;

  ProcessSignals(PodRoom pods, LocalProcesses processes) {
    this.pods = pods;
    this.processes = processes;
  }

  void send(String pod, int signal) {
    String what = "signalling '" + pod + "'";
    long end = System.nanoTime() + NodeLimits.SIGNAL_WAIT.toNanos();
    while (true) {
      Optional<Boolean> reached = resident(pod, what).signal(signal);
      if (reached.isPresent()) {
        if (!reached.get()) {
          throw ended(what);
        }
        return;
      }
      if (System.nanoTime() > end) {
        throw new GodwitException(
            NodeError.ALREADY_MIGRATING, what, "it is on its way between nodes", "try again");
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** Signals a process that may have ended already, or be on its way. */
  void sendQuietly(String pod, int signal) {
    try {
      send(pod, signal);
    } catch (GodwitException notHere) {
      LOG.log(Level.DEBUG, "{0} is not signalled: {1}", pod, notHere.getMessage());
    }
  }

  private Pod resident(String pod, String what) {
    Optional<ProcessEntry> entry = processes.find(pod);
    if (entry.isPresent() && entry.get().waitStatus() != null) {
      throw ended(what);
    }
    return entry
        .filter(processes::runsHere)
        .flatMap(here -> pods.find(pod))
        .filter(found -> !found.isRelinquished())
        .orElseThrow(() -> processes.unknown(pod, what));
  }

  private static GodwitException ended(String what) {
    return new GodwitException(
        NodeError.PROCESS_ENDED, what, "its main process has ended", "see 'godwit ps --all'");
  }
}

package io.godwit.node.daemon;

import io.godwit.core.NodeId;
import io.godwit.core.Pid;
import io.godwit.linux.LinuxException;
import io.godwit.linux.SignalSender;
import io.godwit.node.cluster.ResidentPod;
import io.godwit.node.cluster.ResidentPods;
import io.godwit.node.pod.Pod;
import io.godwit.node.pod.PodRoom;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The pods that run here, for the scheduler. */
final class DaemonPods implements ResidentPods {
  private static final Logger LOG = System.getLogger(DaemonPods.class.getName());
  private static final int SIGCONT = 18;
  private static final int SIGSTOP = 19;

  private final NodeId self;
  private final LocalProcesses processes;
  private final PodRoom pods;

  DaemonPods(NodeId self, LocalProcesses processes, PodRoom pods) {
    this.self = self;
    this.processes = processes;
    this.pods = pods;
  }

  @Override
  public List<ResidentPod> here() {
    List<ResidentPod> here = new ArrayList<>();
    for (ProcessEntry entry : processes.all()) {
      if (entry.waitStatus() != null || !entry.node().equals(self)) {
        continue;
      }
      Optional<Pod> pod = pods.find(entry.name());
      if (pod.isPresent()) {
        here.add(
            new ResidentPod(
                entry.name(),
                entry.home(),
                entry.user(),
                entry.command(),
                entry.epoch().number() > 1,
                !entry.remark().isEmpty(),
                pod.get().processes().stream().map(Pid::number).toList(),
                processes.tags().of(entry.name()).needs()));
      }
    }
    return here;
  }

  @Override
  public void suspend(String pod, boolean stop) {
    for (Pid process : processesOf(pod)) {
      try {
        SignalSender.signal(process, stop ? SIGSTOP : SIGCONT);
      } catch (LinuxException ended) {
        LOG.log(Level.DEBUG, "process {0} has ended: {1}", process, ended.getMessage());
      }
    }
  }

  /**
   * By the weight of each session's group, sched(7): the processes' own niceness is their state.
   */
  @Override
  public void yieldTo(String pod, int niceness) {
    for (Pid process : processesOf(pod)) {
      try {
        Files.writeString(Path.of("/proc/" + process + "/autogroup"), Integer.toString(niceness));
      } catch (IOException none) {
        // It has ended, or this kernel does not group by session.
        LOG.log(Level.DEBUG, "{0} yields nothing: {1}", process, none.getMessage());
      }
    }
  }

  private List<Pid> processesOf(String pod) {
    return pods.find(pod).map(Pod::processes).orElse(List.of());
  }
}

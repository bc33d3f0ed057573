package io.godwit.node.daemon;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.core.Pid;
import io.godwit.engine.Engine;
import io.godwit.engine.FrozenPod;
import io.godwit.engine.PhaseListener;
import io.godwit.engine.RebuiltPod;
import io.godwit.engine.extract.Extractor;
import io.godwit.engine.extract.Origins;
import io.godwit.engine.pages.PageSource;
import io.godwit.engine.restore.RestoreOptions;
import io.godwit.image.Namespaces;
import io.godwit.image.PodIdentity;
import io.godwit.linux.LinuxException;
import io.godwit.linux.proc.ProcFs;
import io.godwit.linux.proc.ProcTask;
import io.godwit.node.NodeError;
import io.godwit.node.pod.ArrivalPod;
import io.godwit.node.pod.Pod;
import io.godwit.node.pod.PodRoom;
import io.godwit.node.pod.TimeOffsets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts processes that were started without Godwit into a pod on this node: they are frozen, rebuilt
 * in the pod under the same numbers, and the old ones end before the new ones run. Until then
 * everything can be undone, and they go on as they were. Who started them sees them end.
 */
final class Adoption {
  private static final int COMMAND_CHARACTERS = 4096;

  private final NodeId self;
  private final Engine engine;
  private final PodRoom pods;
  private final LocalProcesses processes;

  Adoption(NodeId self, Engine engine, PodRoom pods, LocalProcesses processes) {
    this.self = self;
    this.engine = engine;
    this.pods = pods;
    this.processes = processes;
  }

  /**
   * Takes a process and its descendants.
   *
   * @param hostPid as this node numbers it
   * @param name null for one made from its command
   */
  ProcessEntry adopt(Pid hostPid, @Nullable String name) {
    String what = "adopting process " + hostPid;
    refuseOwn(hostPid, what);
    AdoptedStreams streams = null;
    boolean adopted = false;
    try {
      AdoptedStreams found = AdoptedStreams.of(hostPid);
      streams = found;
      engine.inspect(List.of(hostPid), found.externals()).throwIfRefused();
      ProcessEntry entry = entry(hostPid, name);
      ProcessEntry entered =
          processes.enter(entry, () -> move(hostPid, entry, found), found::connect);
      adopted = true;
      return entered;
    } catch (LinuxException e) {
      throw new GodwitException(
          NodeError.PROCESS_ENDED,
          what,
          "it ended, or cannot be looked at: " + e.getMessage(),
          "look for it with: ps -e",
          e);
    } finally {
      if (!adopted && streams != null) {
        streams.close();
      }
    }
  }

  private void refuseOwn(Pid hostPid, String what) {
    for (Pod pod : pods.all()) {
      if (pod.init().equals(hostPid) || pod.processes().contains(hostPid)) {
        throw new GodwitException(
            NodeError.POD_NAME_TAKEN,
            what,
            "it belongs to '" + pod.id() + "' and is in care already",
            "move it with: godwit migrate " + pod.id() + " --to NODE");
      }
    }
  }

  private ProcessEntry entry(Pid hostPid, @Nullable String name) {
    ProcTask task = ProcFs.host().process(hostPid);
    int uid = task.status().uid().real();
    String command = command(hostPid);
    String given = name != null ? name : processes.freshName(command.split(" ", 2)[0]);
    return processes.fresh(given, uid, command, podPid(hostPid).number());
  }

  /** Its number in the PID namespace that it is in. */
  private static Pid podPid(Pid hostPid) {
    return new Pid(ProcFs.host().process(hostPid).status().processIds().getLast());
  }

  private static String command(Pid hostPid) {
    try {
      byte[] line = Files.readAllBytes(Path.of("/proc/" + hostPid + "/cmdline"));
      String text = new String(line, StandardCharsets.UTF_8).replace('\0', ' ').strip();
      return text.length() > COMMAND_CHARACTERS ? text.substring(0, COMMAND_CHARACTERS) : text;
    } catch (IOException ended) {
      return "";
    }
  }

  /** Gives back the pod, frozen, when the old processes have ended. */
  private Pod move(Pid hostPid, ProcessEntry entry, AdoptedStreams streams) {
    Pid main = podPid(hostPid);
    String hostname = LocalProcesses.hostName();
    ArrivalPod.Frame frame =
        new ArrivalPod.Frame(entry.name(), hostname, false, streams.console(), TimeOffsets.here());
    Extractor.Surroundings around =
        new Extractor.Surroundings(
            new PodIdentity(
                entry.name(),
                Optional.of(entry.name()),
                Optional.of(self.name()),
                entry.epoch(),
                main),
            Origins.here("adopted", self.name()),
            new Namespaces(Set.of(), hostname, "(none)", List.of()));
    try (ArrivalPod arrival = ArrivalPod.create(pods, frame, main);
        FrozenPod source =
            engine.freeze(List.of(hostPid), streams.externals(), around, PhaseListener.NONE)) {
      RestoreOptions options = arrival.options();
      RestoreOptions connected =
          new RestoreOptions(
              options.parent(),
              options.root(),
              streams.ends(options.external(), arrival.pod().programEnds().orElse(null)));
      try (RebuiltPod rebuilt =
          engine.rebuild(source.image(), connected, arrival.tracer(), PhaseListener.NONE)) {
        source.yieldLocks();
        rebuilt.make();
        source.sendPages(
            (object, address, content) -> {
              Deque<PageSource.Run> one = new ArrayDeque<>();
              one.add(new PageSource.Run(object, address, content));
              rebuilt.writePages(one::poll);
            });
        rebuilt.finish();
        arrival.detach(rebuilt);
      }
      source.kill();
      arrival.keep();
      return arrival.pod();
    }
  }
}

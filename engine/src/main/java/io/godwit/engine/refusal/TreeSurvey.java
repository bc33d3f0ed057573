package io.godwit.engine.refusal;

import io.godwit.core.Pid;
import io.godwit.engine.kind.console.Externals;
import io.godwit.engine.kind.descriptor.Terminals;
import io.godwit.linux.DeviceNumber;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A whole tree as it was seen, with what of its surroundings matters.
 *
 * @param self the process that asks
 * @param ownThreads its threads, which may trace the tree
 * @param outsideHolders for pipes and sockets of the tree (by the text of their link) and shared
 *     memory (by {@link ProcessSurvey#memoryName}): a process outside of the tree that has it too
 * @param ipc its System V objects
 */
public record TreeSurvey(
    List<ProcessSurvey> processes,
    Externals externals,
    Pid self,
    Set<Integer> ownThreads,
    Map<String, Pid> outsideHolders,
    IpcSurvey ipc) {
  public TreeSurvey {
    processes = List.copyOf(processes);
    ownThreads = Set.copyOf(ownThreads);
    outsideHolders = Map.copyOf(outsideHolders);
  }

  Optional<Pid> outside(String what) {
    return Optional.ofNullable(outsideHolders.get(what));
  }

  boolean contains(int pid) {
    return processes.stream().anyMatch(each -> each.pid().number() == pid);
  }

  boolean isExternal(DescriptorSurvey descriptor) {
    return externals.contains(descriptor.status().device().devT(), descriptor.status().inode());
  }

  /** Whether the terminal that controls a process is one that the caller answers for. */
  boolean answersForTerminalOf(ProcessSurvey process) {
    DeviceNumber terminal = Terminals.device(process.stat().terminal());
    return process.stat().terminal() != 0
        && processes.stream()
            .flatMap(each -> each.descriptors().stream())
            .anyMatch(each -> isExternal(each) && each.status().rdev().equals(terminal));
  }
}

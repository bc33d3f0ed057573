package io.godwit.engine.kind.tree;

import io.godwit.core.Pid;
import io.godwit.engine.extract.ImageDraft;
import io.godwit.engine.freeze.FrozenProcess;
import io.godwit.engine.freeze.FrozenTree;
import io.godwit.engine.kind.ResourceKind;
import io.godwit.image.ProcessIdentity;
import io.godwit.image.ZombieProcess;
import io.godwit.linux.proc.ProcFs;
import io.godwit.linux.proc.ProcTask;
import io.godwit.linux.proc.TaskStat;
import io.godwit.linux.proc.TaskState;
import io.godwit.linux.proc.TaskStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tree itself: identities of the processes and the zombies among them. */
public final class TreeKind implements ResourceKind {
  @Override
  public String name() {
    return "tree";
  }

  @Override
  public void collect(FrozenTree tree, ImageDraft draft) {
    Map<Pid, Pid> podByHost = new HashMap<>();
    for (FrozenProcess process : tree.processes()) {
      podByHost.put(process.hostPid(), process.podPid());
    }
    for (FrozenProcess process : tree.processes()) {
      draft.process(process.podPid()).identity(identity(process.task(), podByHost));
    }
    for (FrozenProcess process : tree.processes()) {
      for (Pid child : process.task().children()) {
        if (!podByHost.containsKey(child)) {
          collectZombie(child, podByHost, draft);
        }
      }
    }
  }

  private static void collectZombie(Pid hostPid, Map<Pid, Pid> podByHost, ImageDraft draft) {
    ProcTask task = ProcFs.host().process(hostPid);
    TaskStat stat = task.stat();
    if (stat.state() == TaskState.ZOMBIE) {
      draft.zombies().add(new ZombieProcess(identity(task, podByHost), stat.exitCode() & 0xffff));
    }
  }

  private static ProcessIdentity identity(ProcTask task, Map<Pid, Pid> podByHost) {
    TaskStat stat = task.stat();
    TaskStatus status = task.status();
    Optional<Pid> parent =
        stat.parent() > 0
            ? Optional.ofNullable(podByHost.get(new Pid(stat.parent())))
            : Optional.empty();
    return new ProcessIdentity(
        new Pid(innermost(status.processIds())),
        parent,
        leader(status, status.processGroupIds(), podByHost),
        leader(status, status.sessionIds(), podByHost),
        stat.exitSignal(),
        task.comm());
  }

  /**
   * The number of a group or session, 0 where its leader lives outside of the tree. One whose
   * leader has ended keeps its number.
   */
  private static int leader(TaskStatus status, List<Integer> numbers, Map<Pid, Pid> podByHost) {
    int number = innermost(numbers);
    boolean nested = status.processIds().size() > 1;
    if (number == 0 || podByHost.containsValue(new Pid(number))) {
      return number;
    }
    boolean outside = nested ? number == 1 : ProcFs.host().process(new Pid(number)).exists();
    return outside ? 0 : number;
  }

  /** The number in the innermost namespace; 0 where a leader is outside of it. */
  private static int innermost(List<Integer> numbers) {
    return numbers.isEmpty() ? 0 : numbers.getLast();
  }
}

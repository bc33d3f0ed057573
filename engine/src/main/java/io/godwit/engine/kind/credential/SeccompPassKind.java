package io.godwit.engine.kind.credential;

import io.godwit.engine.extract.ImageDraft;
import io.godwit.engine.freeze.FrozenProcess;
import io.godwit.engine.freeze.FrozenThread;
import io.godwit.engine.freeze.FrozenTree;
import io.godwit.engine.kind.ResourceKind;
import io.godwit.linux.abi.Ptrace;
import io.godwit.linux.proc.ProcTask;

/**
 * Lets injected calls past the seccomp filters of the processes while they are traced
 * (PTRACE_O_SUSPEND_SECCOMP). Comes before every kind that injects. Detaching ends it.
 */
public final class SeccompPassKind implements ResourceKind {
  static final long PAST_FILTERS = Ptrace.O_TRACESYSGOOD | Ptrace.O_SUSPEND_SECCOMP;

  @Override
  public String name() {
    return "seccomp pass";
  }

  @Override
  public void collect(FrozenTree tree, ImageDraft draft) {
    for (FrozenProcess process : tree.processes()) {
      if (new ProcTask(process.proc().toString()).status().seccompMode()
          == CredentialKind.FILTER_MODE) {
        for (FrozenThread thread : process.threads()) {
          thread.tracee().setOptions(PAST_FILTERS);
        }
      }
    }
  }
}

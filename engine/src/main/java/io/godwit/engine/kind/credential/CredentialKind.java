package io.godwit.engine.kind.credential;

import io.godwit.engine.extract.ImageDraft;
import io.godwit.engine.extract.ProcessDraft;
import io.godwit.engine.freeze.FrozenProcess;
import io.godwit.engine.freeze.FrozenThread;
import io.godwit.engine.freeze.FrozenTree;
import io.godwit.engine.kind.ResourceKind;
import io.godwit.engine.restore.Restoration;
import io.godwit.engine.restore.RestoreStage;
import io.godwit.engine.restore.RestoredProcess;
import io.godwit.engine.restore.RestoredThread;
import io.godwit.image.Credentials;
import io.godwit.image.Security;
import io.godwit.linux.SyscallBatch;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.proc.ProcFs;
import io.godwit.linux.proc.ProcTask;
import io.godwit.linux.proc.TaskStatus;
import java.util.List;
import java.util.Optional;

/** Rights of threads. Comes late: afterwards the rights to build anything are gone. */
public final class CredentialKind implements ResourceKind {
  private static final int PR_GET_SECUREBITS = 27;
  static final int FILTER_MODE = 2;

  @Override
  public String name() {
    return "credential";
  }

  @Override
  public void collect(FrozenTree tree, ImageDraft draft) {
    for (FrozenProcess process : tree.processes()) {
      TaskStatus status = new ProcTask(process.proc().toString()).status();
      List<Security.SeccompFilter> filters = List.of();
      if (status.seccompMode() == FILTER_MODE) {
        filters = SeccompFilters.of(process.threads().getFirst().tracee());
      }
      ask(process, status, filters, draft);
    }
  }

  private static void ask(
      FrozenProcess process,
      TaskStatus status,
      List<Security.SeccompFilter> filters,
      ImageDraft draft) {
    SyscallBatch batch = process.calls().room(1, 0);
    SyscallBatch.Call bits = batch.add(Syscall.PRCTL, PR_GET_SECUREBITS);
    process
        .calls()
        .then(
            () -> {
              int secureBits = (int) bits.result();
              Security security = security(status, secureBits, filters);
              ProcessDraft to = draft.process(process.podPid());
              to.security(security);
              ProcTask task = new ProcTask(process.proc().toString());
              for (FrozenThread thread : process.threads()) {
                Security own =
                    security(task.thread(thread.hostTid()).status(), secureBits, filters);
                if (!own.equals(security)) {
                  to.thread(thread.podTid()).ownSecurity(own);
                }
              }
            });
  }

  private static Security security(
      TaskStatus status, int secureBits, List<Security.SeccompFilter> filters) {
    TaskStatus.Capabilities caps = status.capabilities();
    return new Security(
        new Credentials(
            ids(status.uid()),
            ids(status.gid()),
            status.groups(),
            new Credentials.Capabilities(
                caps.inheritable(),
                caps.permitted(),
                caps.effective(),
                caps.bounding(),
                caps.ambient()),
            secureBits),
        status.noNewPrivileges(),
        status.seccompMode(),
        filters,
        Optional.empty());
  }

  private static Credentials.UserIds ids(TaskStatus.Credentials ids) {
    return new Credentials.UserIds(ids.real(), ids.effective(), ids.saved(), ids.fileSystem());
  }

  @Override
  public void recreate(RestoreStage stage, Restoration restoration) {
    if (stage != RestoreStage.LAST) {
      return;
    }
    TaskStatus self = ProcFs.host().self().status();
    int lastCapability = Integer.parseInt(ProcFs.host().setting("kernel/cap_last_cap").strip());
    for (RestoredProcess process : restoration.processes()) {
      for (RestoredThread thread : process.threads()) {
        Security security = thread.image().ownSecurity().orElse(process.image().security());
        if (!security.filters().isEmpty()) {
          thread
              .tracee()
              .setOptions(io.godwit.linux.Stub.TRACE_OPTIONS | SeccompPassKind.PAST_FILTERS);
          SeccompFilters.install(thread, security.filters());
        }
        Rights.set(thread, security, self.capabilities().permitted(), lastCapability);
      }
    }
  }
}

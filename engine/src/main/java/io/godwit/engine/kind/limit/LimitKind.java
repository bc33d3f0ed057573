package io.godwit.engine.kind.limit;

import io.godwit.engine.extract.ImageDraft;
import io.godwit.engine.extract.ProcessDraft;
import io.godwit.engine.freeze.FrozenProcess;
import io.godwit.engine.freeze.FrozenTree;
import io.godwit.engine.kind.ResourceKind;
import io.godwit.engine.restore.Restoration;
import io.godwit.engine.restore.RestoreStage;
import io.godwit.engine.restore.RestoredProcess;
import io.godwit.image.LiveProcess.ResourceLimit;
import io.godwit.linux.Limit;
import io.godwit.linux.Resource;
import io.godwit.linux.SyscallBatch;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.proc.ProcFs;
import io.godwit.linux.proc.ProcTask;
import io.godwit.linux.proc.TaskLimits;

/**
 * Resource limits, getrlimit(2). They are set from inside, as the very last but the rights, so that
 * they do not stand in the way of building.
 */
public final class LimitKind implements ResourceKind {
  /** CAP_SYS_RESOURCE, which lets hard limits be raised. */
  private static final int SYS_RESOURCE = 24;

  private static final int LIMIT_BYTES = 16;

  @Override
  public String name() {
    return "limit";
  }

  @Override
  public void collect(FrozenTree tree, ImageDraft draft) {
    for (FrozenProcess process : tree.processes()) {
      ProcessDraft to = draft.process(process.podPid());
      TaskLimits limits = new ProcTask(process.proc().toString()).limits();
      for (Resource resource : Resource.values()) {
        Limit limit = limits.of(resource);
        to.limits().add(new ResourceLimit(resource.number(), limit.soft(), limit.hard()));
      }
    }
  }

  @Override
  public void recreate(RestoreStage stage, Restoration restoration) {
    if (stage != RestoreStage.LAST) {
      return;
    }
    ProcTask self = ProcFs.host().self();
    boolean mayRaise = (self.status().capabilities().effective() >>> SYS_RESOURCE & 1) != 0;
    TaskLimits ours = self.limits();
    for (RestoredProcess process : restoration.processes()) {
      for (ResourceLimit limit : process.image().limits()) {
        Resource resource = Resource.of(limit.resource());
        ResourceLimit granted =
            resource == null || mayRaise ? limit : granted(limit, ours.of(resource).hard());
        SyscallBatch batch = process.calls().room(1, LIMIT_BYTES);
        batch.add(
            Syscall.PRLIMIT64, 0, limit.resource(), batch.words(granted.soft(), granted.hard()), 0);
      }
    }
  }

  /**
   * What can be granted without the right to raise hard limits: at most what this process has.
   * Limits are unsigned numbers.
   */
  static ResourceLimit granted(ResourceLimit wanted, long most) {
    return new ResourceLimit(
        wanted.resource(), least(wanted.soft(), most), least(wanted.hard(), most));
  }

  private static long least(long one, long other) {
    return Long.compareUnsigned(one, other) <= 0 ? one : other;
  }
}

package io.godwit.engine.kind.limit;

import io.godwit.engine.extract.ImageDraft;
import io.godwit.engine.extract.ProcessDraft;
import io.godwit.engine.freeze.FrozenProcess;
import io.godwit.engine.freeze.FrozenTree;
import io.godwit.engine.kind.ResourceKind;
import io.godwit.engine.restore.Restoration;
import io.godwit.engine.restore.RestoreStage;
import io.godwit.engine.restore.RestoredProcess;
import io.godwit.image.LiveProcess.ProcessAttributes;
import io.godwit.image.PrctlAttribute;
import io.godwit.linux.Descriptors;
import io.godwit.linux.LinuxException;
import io.godwit.linux.SyscallBatch;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.proc.ProcTask;
import java.util.List;

/** Personality, dumpable, attributes of prctl(2), and oom_score_adj. */
public final class AttributeKind implements ResourceKind {
  private static final int PR_GET_DUMPABLE = 3;
  private static final int PR_SET_DUMPABLE = 4;

  /** Only sysctl fs.suid_dumpable sets 2; prctl does not. */
  private static final int DUMPABLE_BY_ROOT = 2;

  /**
   * An attribute that is asked for by one option and set by another.
   *
   * @param byPointer whether the value is written to memory instead of returned
   * @param usual the value that a new process has
   */
  private record Attribute(int get, int set, boolean byPointer, long usual) {}

  private static final List<Attribute> ATTRIBUTES =
      List.of(
          new Attribute(2, 1, true, 0), // PDEATHSIG
          new Attribute(25, 26, true, 1), // TSC
          new Attribute(37, 36, true, 0), // CHILD_SUBREAPER
          new Attribute(42, 41, false, 0), // THP_DISABLE
          new Attribute(58, 57, false, 0), // IO_FLUSHER
          new Attribute(68, 67, false, 0)); // MEMORY_MERGE

  @Override
  public String name() {
    return "attribute";
  }

  @Override
  public void collect(FrozenTree tree, ImageDraft draft) {
    for (FrozenProcess process : tree.processes()) {
      ProcTask task = new ProcTask(process.proc().toString());
      ProcessDraft to = draft.process(process.podPid());
      to.personality(task.personality());
      to.oomScoreAdjust(task.oomScoreAdjustment());
      SyscallBatch batch = process.calls().room(1, 0);
      SyscallBatch.Call dumpable = batch.add(Syscall.PRCTL, PR_GET_DUMPABLE);
      process.calls().then(() -> to.dumpable((int) dumpable.result()));
      ATTRIBUTES.forEach(attribute -> ask(process, attribute, to));
    }
  }

  private static void ask(FrozenProcess process, Attribute attribute, ProcessDraft to) {
    SyscallBatch batch = process.calls().room(1, 8);
    long value = batch.reserve(8);
    SyscallBatch.Call call =
        batch
            .add(Syscall.PRCTL, attribute.get(), attribute.byPointer() ? value : 0, 0, 0, 0)
            .mayFail();
    process
        .calls()
        .then(
            () -> {
              if (call.failed()) {
                return; // not known to this kernel, or not allowed to us: then not set either
              }
              long found = attribute.byPointer() ? batch.number(value) : call.result();
              if (found != attribute.usual()) {
                to.prctl().add(new PrctlAttribute(attribute.set(), found));
              }
            });
  }

  @Override
  public void recreate(RestoreStage stage, Restoration restoration) {
    if (stage != RestoreStage.LAST) {
      return;
    }
    for (RestoredProcess process : restoration.processes()) {
      ProcessAttributes attributes = process.image().attributes();
      adjustScore(process, attributes.oomScoreAdjust());
      SyscallBatch batch = process.calls().room(2 + attributes.prctl().size(), 0);
      batch.add(Syscall.PERSONALITY, attributes.personality());
      if (attributes.dumpable() != DUMPABLE_BY_ROOT) {
        batch.add(Syscall.PRCTL, PR_SET_DUMPABLE, attributes.dumpable(), 0, 0, 0);
      }
      for (PrctlAttribute each : attributes.prctl()) {
        batch.add(Syscall.PRCTL, each.option(), each.value(), each.third(), 0, 0);
      }
    }
  }

  private static void adjustScore(RestoredProcess process, int score) {
    ProcTask task = new ProcTask(process.proc().toString());
    if (task.oomScoreAdjustment() == score) {
      return;
    }
    try {
      Descriptors.writeFile(task.path("oom_score_adj"), Integer.toString(score));
    } catch (LinuxException failure) {
      // Lowering it needs CAP_SYS_RESOURCE; without that the process keeps this one's score.
      if (!failure.is(Errno.EACCES) && !failure.is(Errno.EPERM)) {
        throw failure;
      }
    }
  }
}

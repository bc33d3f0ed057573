package io.godwit.engine.kind.file;

import io.godwit.core.GodwitException;
import io.godwit.engine.EngineError;
import io.godwit.engine.extract.ImageDraft;
import io.godwit.engine.freeze.FrozenProcess;
import io.godwit.engine.freeze.FrozenTree;
import io.godwit.engine.kind.ResourceKind;
import io.godwit.engine.restore.Restoration;
import io.godwit.engine.restore.RestoreStage;
import io.godwit.engine.restore.RestoredProcess;
import io.godwit.image.FileReference;
import io.godwit.image.LiveProcess;
import io.godwit.linux.Descriptors;
import io.godwit.linux.SyscallBatch;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.proc.FdLink;
import io.godwit.linux.proc.ProcTask;

/** Working directory, root directory and umask of each process. */
public final class FileSystemContextKind implements ResourceKind {
  @Override
  public String name() {
    return "file system context";
  }

  @Override
  public void collect(FrozenTree tree, ImageDraft draft) {
    for (FrozenProcess process : tree.processes()) {
      draft
          .process(process.podPid())
          .fileSystem(
              new LiveProcess.FileSystemContext(
                  directory(process, "cwd", "working directory"),
                  directory(process, "root", "root directory"),
                  new ProcTask(process.proc().toString()).status().umask()));
    }
  }

  private static FileReference directory(FrozenProcess process, String link, String what) {
    String path = process.proc() + "/" + link;
    String words = "process " + process.hostPid() + ": its " + what;
    return FileReferences.of(
        process,
        FdLink.parse(Descriptors.readLink(path)),
        Descriptors.status(path),
        () -> {
          throw new GodwitException(
              EngineError.NOT_MOVABLE,
              words + " " + Descriptors.readLink(path),
              "it has no name any more",
              "let the program go to another directory (chdir)");
        },
        words);
  }

  @Override
  public void recreate(RestoreStage stage, Restoration restoration) {
    // The stubs start at the root of the tree with all rights: late enough that every other path
    // has been used, early enough that those rights are still there.
    if (stage != RestoreStage.LAST) {
      return;
    }
    for (RestoredProcess process : restoration.processes()) {
      LiveProcess.FileSystemContext context = process.image().fileSystem();
      SyscallBatch batch = process.calls().room(3, 2 * Descriptors.MAX_PATH);
      batch.add(Syscall.CHDIR, batch.string(context.workingDirectory().path()));
      if (!context.root().path().equals("/")) {
        batch.add(Syscall.CHROOT, batch.string(context.root().path()));
      }
      batch.add(Syscall.UMASK, context.umask());
    }
  }
}

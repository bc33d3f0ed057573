package io.godwit.engine.kind.descriptor;

import io.godwit.core.GodwitException;
import io.godwit.engine.EngineError;
import io.godwit.engine.extract.ImageDraft;
import io.godwit.engine.freeze.FrozenProcess;
import io.godwit.engine.freeze.FrozenTree;
import io.godwit.engine.kind.ResourceKind;
import io.godwit.engine.restore.Restoration;
import io.godwit.engine.restore.RestoreStage;
import io.godwit.engine.restore.RestoredProcess;
import io.godwit.image.DescriptionKind;
import io.godwit.image.DescriptorTable;
import io.godwit.image.OpenDescription;
import io.godwit.linux.DescriptorChannel;
import io.godwit.linux.Fd;
import io.godwit.linux.SyscallBatch;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.proc.ProcTask;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Descriptors of all processes and the open files behind them. */
public final class DescriptorKind implements ResourceKind {
  private final List<FileKind> kinds;

  /**
   * @param kinds asked in this order who knows a file
   */
  public DescriptorKind(List<FileKind> kinds) {
    this.kinds = List.copyOf(kinds);
  }

  @Override
  public String name() {
    return "descriptor";
  }

  @Override
  public void collect(FrozenTree tree, ImageDraft draft) {
    try (OpenFiles files = OpenFiles.of(tree, draft)) {
      Locks locks = new Locks();
      for (OpenFile file : files.all()) {
        draft
            .descriptions()
            .add(
                new OpenDescription(
                    file.id(),
                    file.info().flags() & ~FileAbi.O_CLOEXEC,
                    SignalOwners.of(file, files),
                    List.of(),
                    describe(file, files)));
      }
      for (FrozenProcess process : tree.processes()) {
        draft.process(process.podPid()).descriptors(table(process, files, draft, locks));
        Terminals.describe(process, files, draft);
      }
      locks.enter(draft);
    }
  }

  private DescriptionKind describe(OpenFile file, OpenFiles files) {
    for (FileKind kind : kinds) {
      Optional<DescriptionKind> description = kind.describe(file, files);
      if (description.isPresent()) {
        return description.get();
      }
    }
    throw new GodwitException(
        EngineError.NOT_MOVABLE,
        file.words(),
        "files of this kind are not carried",
        "let the program close it");
  }

  private static DescriptorTable table(
      FrozenProcess process, OpenFiles files, ImageDraft draft, Locks locks) {
    ProcTask task = new ProcTask(process.proc().toString());
    List<DescriptorTable.Descriptor> descriptors = new ArrayList<>();
    List<Fd> numbers = new ArrayList<>(task.descriptors());
    numbers.sort((a, b) -> Integer.compare(a.number(), b.number()));
    for (Fd fd : numbers) {
      OpenFile file = files.at(process.hostPid(), fd.number()).orElseThrow();
      // Close-on-exec and POSIX locks are of this table, not of the open file.
      var info = task.fdInfo(fd);
      descriptors.add(new DescriptorTable.Descriptor(fd.number(), info.isCloseOnExec(), file.id()));
      locks.see(process, file, info);
    }
    return new DescriptorTable(draft.newId(), descriptors);
  }

  @Override
  public void recreate(RestoreStage stage, Restoration restoration) {
    Making making = Making.of(restoration);
    List<OpenDescription> descriptions = restoration.image().descriptions();
    switch (stage) {
      case PREPARE -> descriptions.forEach(each -> make(each, making));
      case PROCESSES -> {
        descriptions.forEach(each -> make(each, making));
        freeChannel(restoration);
        for (RestoredProcess process : restoration.processes()) {
          install(process, making);
        }
        Terminals.make(making);
      }
      case THREADS -> {
        for (OpenDescription description : descriptions) {
          kinds.forEach(kind -> kind.connect(description, making));
          SignalOwners.make(description, making);
          Locks.make(description, making);
        }
      }
      case LAST -> {
        for (OpenDescription description : descriptions) {
          kinds.forEach(kind -> kind.start(description, making));
        }
      }
      case MEMORY -> {}
    }
  }

  private void make(OpenDescription description, Making making) {
    if (making.made(description.id()).isPresent()) {
      return;
    }
    for (FileKind kind : kinds) {
      Optional<Fd> fd = kind.make(description, making);
      if (fd.isPresent()) {
        making.made(description.id(), fd.get());
        return;
      }
    }
  }

  /** Moves the stubs' end of the channel to a number that no process needs. */
  private static void freeChannel(Restoration restoration) {
    DescriptorChannel channel = restoration.channel();
    Set<Integer> used = new HashSet<>();
    for (RestoredProcess process : restoration.processes()) {
      process.image().descriptors().descriptors().forEach(each -> used.add(each.number()));
    }
    int now = channel.remoteNumber();
    if (!used.contains(now)) {
      return;
    }
    used.add(now);
    int free = Placement.free(used);
    for (RestoredProcess process : restoration.processes()) {
      SyscallBatch batch = process.injector().batch();
      batch.add(Syscall.DUP3, now, free, FileAbi.O_CLOEXEC);
      batch.add(Syscall.CLOSE, now);
      process.injector().run(batch);
    }
    channel.remoteNumber(free);
  }

  private static void install(RestoredProcess process, Making making) {
    List<DescriptorTable.Descriptor> table = process.image().descriptors().descriptors();
    for (int from = 0; from < table.size(); from += DescriptorChannel.MAX_DESCRIPTORS) {
      List<DescriptorTable.Descriptor> part =
          table.subList(from, Math.min(table.size(), from + DescriptorChannel.MAX_DESCRIPTORS));
      List<Fd> fds = new ArrayList<>();
      int[] wanted = new int[part.size()];
      boolean[] closeOnExec = new boolean[part.size()];
      for (int i = 0; i < part.size(); i++) {
        DescriptorTable.Descriptor each = part.get(i);
        wanted[i] = each.number();
        closeOnExec[i] = each.closeOnExec();
        fds.add(making.made(each.description()).orElseThrow(() -> notMade(process, each, making)));
      }
      int[] arrived = making.restoration().channel().pass(process.injector(), fds);
      for (Placement.Move move : Placement.moves(arrived, wanted, closeOnExec)) {
        place(process, move);
      }
      process.calls().flush();
    }
  }

  private static void place(RestoredProcess process, Placement.Move move) {
    SyscallBatch batch = process.calls().room(2, 0);
    if (move.from() != move.to()) {
      batch.add(Syscall.DUP3, move.from(), move.to(), move.closeOnExec() ? FileAbi.O_CLOEXEC : 0);
      batch.add(Syscall.CLOSE, move.from());
    } else if (!move.closeOnExec()) {
      batch.add(Syscall.FCNTL, move.to(), FileAbi.F_SETFD, 0);
    }
  }

  private static GodwitException notMade(
      RestoredProcess process, DescriptorTable.Descriptor each, Making making) {
    return new GodwitException(
        EngineError.NOT_RESTORABLE,
        "fd " + each.number() + " of process " + process.podPid() + " cannot be made",
        "nobody knows how to make " + making.description(each.description()).kind(),
        "restart the image with the version of Godwit that made it");
  }
}

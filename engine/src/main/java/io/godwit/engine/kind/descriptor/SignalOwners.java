package io.godwit.engine.kind.descriptor;

import io.godwit.engine.freeze.FrozenProcess;
import io.godwit.image.OpenDescription;
import io.godwit.image.OpenDescription.SignalOwner;
import io.godwit.linux.SyscallBatch;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.descriptor.FileOwner;
import io.godwit.linux.proc.ProcTask;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/** Who gets SIGIO for an open file: fcntl(2), F_SETOWN_EX and F_SETSIG. */
final class SignalOwners {
  private SignalOwners() {}

  static Optional<SignalOwner> of(OpenFile file, OpenFiles files) {
    if ((file.info().flags() & FileAbi.O_PATH) != 0) {
      return Optional.empty();
    }
    FileOwner owner = FileOwner.of(file.here());
    if (owner.pid() == 0) {
      return Optional.empty();
    }
    return inPod(owner, files)
        .map(target -> new SignalOwner(owner.type(), target, owner.signal(), 0, 0));
  }

  /** The number of the target in the pod; empty for one outside of the tree. */
  private static Optional<Integer> inPod(FileOwner owner, OpenFiles files) {
    for (FrozenProcess process : files.tree().processes()) {
      switch (owner.type()) {
        case FileAbi.F_OWNER_TID -> {
          var thread =
              process.threads().stream()
                  .filter(each -> each.hostTid().number() == owner.pid())
                  .findFirst();
          if (thread.isPresent()) {
            return thread.map(each -> each.podTid().number());
          }
        }
        case FileAbi.F_OWNER_PID -> {
          if (process.hostPid().number() == owner.pid()) {
            return Optional.of(process.podPid().number());
          }
        }
        default -> {
          ProcTask task = new ProcTask(process.proc().toString());
          if (task.stat().processGroup() == owner.pid()) {
            List<Integer> groups = task.status().processGroupIds();
            return groups.isEmpty() ? Optional.empty() : Optional.of(groups.getLast());
          }
        }
      }
    }
    return Optional.empty();
  }

  static void make(OpenDescription description, Making making) {
    if (description.owner().isEmpty()) {
      return;
    }
    SignalOwner owner = description.owner().get();
    making
        .holder(description.id())
        .ifPresent(
            holder -> {
              SyscallBatch batch = holder.process().calls().room(3, 8);
              byte[] target =
                  ByteBuffer.allocate(8)
                      .order(ByteOrder.nativeOrder())
                      .putInt(owner.type())
                      .putInt(owner.target())
                      .array();
              batch.add(Syscall.FCNTL, holder.number(), FileAbi.F_SETOWN_EX, batch.data(target));
              batch.add(Syscall.FCNTL, holder.number(), FileAbi.F_SETSIG, owner.signal());
              if ((description.statusFlags() & FileAbi.O_ASYNC) != 0) {
                batch.add(
                    Syscall.FCNTL, holder.number(), FileAbi.F_SETFL, description.statusFlags());
              }
            });
  }
}

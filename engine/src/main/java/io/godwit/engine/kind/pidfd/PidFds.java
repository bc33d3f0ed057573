package io.godwit.engine.kind.pidfd;

import io.godwit.engine.freeze.FrozenProcess;
import io.godwit.engine.kind.descriptor.FileKind;
import io.godwit.engine.kind.descriptor.Making;
import io.godwit.engine.kind.descriptor.OpenFile;
import io.godwit.engine.kind.descriptor.OpenFiles;
import io.godwit.image.DescriptionKind;
import io.godwit.image.OpenDescription;
import io.godwit.linux.Fd;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.descriptor.ProcessDescriptors;
import io.godwit.linux.proc.FdDetail;
import java.util.Optional;

/** pidfd_open(2) on a living process of the tree; made when the processes exist. */
public final class PidFds implements FileKind {
  @Override
  public Optional<DescriptionKind> describe(OpenFile file, OpenFiles files) {
    if (!(file.info().detail() instanceof FdDetail.Pidfd pidfd)) {
      return Optional.empty();
    }
    return files.tree().processes().stream()
        .filter(process -> process.hostPid().number() == pidfd.pid())
        .map(FrozenProcess::podPid)
        .<DescriptionKind>map(DescriptionKind.PidFd::new)
        .findFirst();
  }

  @Override
  public Optional<Fd> make(OpenDescription description, Making making) {
    if (!(description.kind() instanceof DescriptionKind.PidFd pidfd)) {
      return Optional.empty();
    }
    return making
        .restoration()
        .process(pidfd.process())
        .map(
            process ->
                Making.withFlags(
                    ProcessDescriptors.ofProcess(process.hostPid()),
                    description.statusFlags() & FileAbi.O_NONBLOCK));
  }
}

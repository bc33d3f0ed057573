package io.godwit.engine.kind.signalfd;

import io.godwit.engine.kind.descriptor.FileKind;
import io.godwit.engine.kind.descriptor.Making;
import io.godwit.engine.kind.descriptor.OpenFile;
import io.godwit.engine.kind.descriptor.OpenFiles;
import io.godwit.image.DescriptionKind;
import io.godwit.image.OpenDescription;
import io.godwit.image.SignalSet;
import io.godwit.linux.Fd;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.descriptor.EventDescriptors;
import io.godwit.linux.proc.FdDetail;
import java.util.Optional;

/** signalfd(2): the set of signals; which are pending is the process's. */
public final class SignalFds implements FileKind {
  @Override
  public Optional<DescriptionKind> describe(OpenFile file, OpenFiles files) {
    return file.info().detail() instanceof FdDetail.Signalfd signals
        ? Optional.of(new DescriptionKind.SignalFd(new SignalSet(signals.mask())))
        : Optional.empty();
  }

  @Override
  public Optional<Fd> make(OpenDescription description, Making making) {
    return description.kind() instanceof DescriptionKind.SignalFd signals
        ? Optional.of(
            EventDescriptors.signals(
                signals.mask().bits(), description.statusFlags() & FileAbi.O_NONBLOCK))
        : Optional.empty();
  }
}

package io.godwit.engine.kind.eventfd;

import io.godwit.engine.kind.descriptor.FileKind;
import io.godwit.engine.kind.descriptor.Making;
import io.godwit.engine.kind.descriptor.OpenFile;
import io.godwit.engine.kind.descriptor.OpenFiles;
import io.godwit.image.DescriptionKind;
import io.godwit.image.OpenDescription;
import io.godwit.linux.Fd;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.descriptor.EventDescriptors;
import io.godwit.linux.descriptor.FileBytes;
import io.godwit.linux.proc.FdDetail;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** eventfd(2): its counter and whether it is read as a semaphore. */
public final class EventFds implements FileKind {
  @Override
  public Optional<DescriptionKind> describe(OpenFile file, OpenFiles files) {
    return file.info().detail() instanceof FdDetail.Eventfd event
        ? Optional.of(new DescriptionKind.EventFd(event.count(), event.semaphore()))
        : Optional.empty();
  }

  @Override
  public Optional<Fd> make(OpenDescription description, Making making) {
    if (!(description.kind() instanceof DescriptionKind.EventFd event)) {
      return Optional.empty();
    }
    Fd fd = EventDescriptors.event(event.semaphore() ? EventDescriptors.EFD_SEMAPHORE : 0);
    if (event.counter() != 0) {
      FileBytes.write(
          fd,
          ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(event.counter()).array());
    }
    return Optional.of(Making.withFlags(fd, description.statusFlags() & FileAbi.O_NONBLOCK));
  }
}

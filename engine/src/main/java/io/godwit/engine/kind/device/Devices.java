package io.godwit.engine.kind.device;

import io.godwit.engine.kind.descriptor.FileKind;
import io.godwit.engine.kind.descriptor.Making;
import io.godwit.engine.kind.descriptor.OpenFile;
import io.godwit.engine.kind.descriptor.OpenFiles;
import io.godwit.image.DescriptionKind;
import io.godwit.image.OpenDescription;
import io.godwit.linux.Descriptors;
import io.godwit.linux.DeviceNumber;
import io.godwit.linux.Fd;
import io.godwit.linux.FileStatus;
import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.proc.FdLink;
import java.util.Optional;
import java.util.Set;

/** Devices without state, which are the same everywhere. */
public final class Devices implements FileKind {
  private static final int MEMORY_MAJOR = 1;

  /** null, zero, full, random, urandom: Documentation/admin-guide/devices.txt. */
  private static final Set<Integer> STATELESS = Set.of(3, 5, 7, 8, 9);

  private static final int ONCE =
      FileAbi.O_CREAT | FileAbi.O_EXCL | FileAbi.O_TRUNC | FileAbi.O_ASYNC;

  @Override
  public Optional<DescriptionKind> describe(OpenFile file, OpenFiles files) {
    DeviceNumber device = file.status().rdev();
    if (!file.status().isCharacterDevice()
        || device.major() != MEMORY_MAJOR
        || !STATELESS.contains(device.minor())
        || (file.info().flags() & FileAbi.O_PATH) != 0
        || !(file.link() instanceof FdLink.Path path)) {
      return Optional.empty();
    }
    return Optional.of(
        new DescriptionKind.Device(
            path.path(), device.major(), device.minor(), file.info().position()));
  }

  @Override
  public Optional<Fd> make(OpenDescription description, Making making) {
    if (!(description.kind() instanceof DescriptionKind.Device device)) {
      return Optional.empty();
    }
    int flags = (description.statusFlags() & ~ONCE) | FileAbi.O_CLOEXEC | FileAbi.O_NOCTTY;
    DeviceNumber number = new DeviceNumber(device.major(), device.minor());
    try {
      Fd fd = Descriptors.open(making.path(device.path()), flags);
      FileStatus status = Descriptors.status(fd);
      if (!status.isCharacterDevice() || !status.rdev().equals(number)) {
        Descriptors.close(fd);
        throw new IllegalStateException(device.path() + " is not the device " + number + " here");
      }
      return Optional.of(fd);
    } catch (LinuxException | IllegalStateException failure) {
      throw Making.impossible("the device " + device.path() + " cannot be opened", failure);
    }
  }
}

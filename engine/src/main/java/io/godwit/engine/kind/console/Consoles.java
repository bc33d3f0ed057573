package io.godwit.engine.kind.console;

import io.godwit.core.GodwitException;
import io.godwit.engine.EngineError;
import io.godwit.engine.kind.descriptor.FileKind;
import io.godwit.engine.kind.descriptor.Making;
import io.godwit.engine.kind.descriptor.OpenFile;
import io.godwit.engine.kind.descriptor.OpenFiles;
import io.godwit.engine.kind.descriptor.Terminals;
import io.godwit.image.DescriptionKind;
import io.godwit.image.OpenDescription;
import io.godwit.linux.Descriptors;
import io.godwit.linux.DeviceNumber;
import io.godwit.linux.Fd;
import io.godwit.linux.FileStatus;
import java.util.Optional;

/** Files that the caller answers for: matched by identity, supplied again by role. */
public final class Consoles implements FileKind {
  /** /dev/tty: whichever terminal controls the process. */
  private static final DeviceNumber CONTROLLING_TERMINAL = new DeviceNumber(5, 0);

  @Override
  public Optional<DescriptionKind> describe(OpenFile file, OpenFiles files) {
    Optional<String> role = files.roleOf(file);
    if (role.isEmpty()
        && file.status().isCharacterDevice()
        && file.status().rdev().equals(CONTROLLING_TERMINAL)) {
      role = Terminals.controlling(file.holder(), files).flatMap(files::roleOf);
    }
    return role.map(DescriptionKind.Console::new);
  }

  @Override
  public Optional<Fd> make(OpenDescription description, Making making) {
    if (!(description.kind() instanceof DescriptionKind.Console console)) {
      return Optional.empty();
    }
    Fd given = making.restoration().external().get(console.role());
    if (given == null) {
      throw new GodwitException(
          EngineError.NOT_RESTORABLE,
          "the console cannot be connected",
          "the image needs a descriptor for the role '"
              + console.role()
              + "' and the caller supplied "
              + making.restoration().external().keySet(),
          "supply one, for example /dev/null");
    }
    FileStatus status = Descriptors.status(given);
    // A new open file, so that status flags set on either side do not meet. Sockets cannot be
    // opened again, and a file would lose its place.
    return Optional.of(
        status.isPipe() || status.isCharacterDevice()
            ? Making.reopen(given, description.statusFlags())
            : Descriptors.duplicate(given));
  }
}

package io.godwit.engine.kind.file;

import io.godwit.core.GodwitException;
import io.godwit.engine.EngineError;
import io.godwit.engine.freeze.FrozenProcess;
import io.godwit.image.FileReference;
import io.godwit.image.ObjectId;
import io.godwit.linux.Descriptors;
import io.godwit.linux.FileStatus;
import io.godwit.linux.LinuxException;
import io.godwit.linux.proc.FdLink;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/** How files are named in the image. */
public final class FileReferences {
  private static final long NANOS = 1_000_000_000L;

  private FileReferences() {}

  /**
   * A reference to a file.
   *
   * @param link what /proc says that it is
   * @param save called for a file whose name does not lead to it any more
   * @param words the file and its user, for messages
   */
  public static FileReference of(
      FrozenProcess process,
      FdLink link,
      FileStatus status,
      Supplier<ObjectId> save,
      String words) {
    if (!(link instanceof FdLink.Path path) || !path.path().startsWith("/")) {
      throw new GodwitException(
          EngineError.NOT_MOVABLE,
          words,
          "its path '" + link.text() + "' does not begin at the root of the process",
          "let the program use files below its root");
    }
    // A name may end with what looks like the mark of a deleted file.
    String name = leadsTo(process, path.text(), status) ? path.text() : path.path();
    boolean there = leadsTo(process, name, status);
    return new FileReference(
        name,
        status.device().devT(),
        status.inode(),
        status.mode(),
        status.size(),
        nanos(status.modified()),
        there ? Optional.empty() : Optional.of(save.get()));
  }

  private static boolean leadsTo(FrozenProcess process, String name, FileStatus status) {
    try {
      // From the root of the mount namespace, as the paths of /proc are.
      return Descriptors.linkStatus(process.proc() + "/root" + name).sameFile(status)
          || Descriptors.status(process.proc() + "/root" + name).sameFile(status);
    } catch (LinuxException missing) {
      return false;
    }
  }

  private static long nanos(Instant instant) {
    return instant.getEpochSecond() * NANOS + instant.getNano();
  }
}

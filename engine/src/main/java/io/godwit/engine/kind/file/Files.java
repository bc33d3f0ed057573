package io.godwit.engine.kind.file;

import io.godwit.core.GodwitException;
import io.godwit.engine.EngineError;
import io.godwit.engine.extract.ImageDraft;
import io.godwit.engine.kind.descriptor.FileKind;
import io.godwit.engine.kind.descriptor.Making;
import io.godwit.engine.kind.descriptor.OpenFile;
import io.godwit.engine.kind.descriptor.OpenFiles;
import io.godwit.engine.kind.memory.SavedFiles;
import io.godwit.image.DescriptionKind;
import io.godwit.image.FileReference;
import io.godwit.image.ObjectId;
import io.godwit.image.OpenDescription;
import io.godwit.image.SharedMemory;
import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.FileStatus;
import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.proc.FdLink;
import java.util.Optional;

/** Regular files, directories, names without access (O_PATH), and memory files. */
public final class Files implements FileKind {
  /** Flags that only matter at the moment of opening. */
  private static final int ONCE =
      FileAbi.O_CREAT | FileAbi.O_EXCL | FileAbi.O_TRUNC | FileAbi.O_NOCTTY | FileAbi.O_ASYNC;

  /** The bit of O_TMPFILE besides O_DIRECTORY. */
  private static final int TMPFILE_BIT = 0x400000;

  @Override
  public Optional<DescriptionKind> describe(OpenFile file, OpenFiles files) {
    if (file.link() instanceof FdLink.Memfd memory) {
      return Optional.of(memory(file, memory, files));
    }
    if (!(file.link() instanceof FdLink.Path)) {
      return Optional.empty();
    }
    if ((file.info().flags() & FileAbi.O_PATH) != 0) {
      return Optional.of(new DescriptionKind.PathOnly(named(file)));
    }
    if (file.status().isDirectory()) {
      return Optional.of(new DescriptionKind.Directory(named(file), file.info().position()));
    }
    if (!file.status().isRegular()) {
      return Optional.empty();
    }
    FileReference reference =
        FileReferences.of(
            file.holder(),
            file.link(),
            file.status(),
            () -> SavedFiles.of(files.draft()).save(files.draft(), file.path(), file.status()),
            file.words());
    return Optional.of(new DescriptionKind.RegularFile(reference, file.info().position()));
  }

  private static DescriptionKind memory(OpenFile file, FdLink.Memfd memory, OpenFiles files) {
    FileStatus status = file.status();
    SharedMemory object =
        files
            .draft()
            .sharedMemory(
                new ImageDraft.Inode(status.device().devT(), status.inode()),
                file.path(),
                id ->
                    new SharedMemory(
                        id,
                        status.size(),
                        Optional.of(memory.name()),
                        seals(file.here()),
                        0,
                        status.permissions()));
    return new DescriptionKind.MemFd(object.id(), file.info().position());
  }

  private static int seals(Fd memory) {
    return (int) Descriptors.control(memory, FileAbi.F_GET_SEALS, 0);
  }

  /** A file that can only be carried by its name. */
  private static FileReference named(OpenFile file) {
    return FileReferences.of(
        file.holder(),
        file.link(),
        file.status(),
        () -> {
          throw new GodwitException(
              EngineError.NOT_MOVABLE,
              file.words(),
              "it has no name any more by which it could be opened",
              "let the program close it");
        },
        file.words());
  }

  @Override
  public Optional<Fd> make(OpenDescription description, Making making) {
    int flags = description.statusFlags() & ~ONCE;
    if (isOfProcess(description.kind()) && making.restoration().processes().isEmpty()) {
      return Optional.empty(); // its directory in /proc comes with it
    }
    return switch (description.kind()) {
      case DescriptionKind.RegularFile regular ->
          Optional.of(at(regular(regular.file(), flags, making), regular.offset()));
      case DescriptionKind.Directory directory ->
          Optional.of(
              at(open(directory.file(), flags | FileAbi.O_DIRECTORY, making), directory.offset()));
      case DescriptionKind.PathOnly path ->
          Optional.of(open(path.file(), flags | FileAbi.O_PATH, making));
      case DescriptionKind.MemFd memory ->
          making.made(memory.memory()).map(fd -> at(Making.reopen(fd, flags), memory.offset()));
      default -> Optional.empty();
    };
  }

  private static boolean isOfProcess(DescriptionKind kind) {
    return switch (kind) {
      case DescriptionKind.RegularFile regular -> regular.file().path().startsWith("/proc/");
      case DescriptionKind.Directory directory -> directory.file().path().startsWith("/proc/");
      case DescriptionKind.PathOnly path -> path.file().path().startsWith("/proc/");
      default -> false;
    };
  }

  private static Fd regular(FileReference file, int flags, Making making) {
    if (file.savedContent().isEmpty()) {
      return open(file, flags & ~TMPFILE_BIT, making);
    }
    ObjectId saved = file.savedContent().get();
    return Making.reopen(
        making
            .made(saved)
            .orElseThrow(() -> new IllegalStateException("saved content " + saved + " not made")),
        flags);
  }

  private static Fd open(FileReference file, int flags, Making making) {
    Fd fd;
    try {
      fd = Descriptors.open(making.path(file.path()), flags | FileAbi.O_CLOEXEC | FileAbi.O_NOCTTY);
    } catch (LinuxException failure) {
      throw missing(file, failure.is(Errno.ENOENT) ? "it does not exist here" : words(failure));
    }
    FileStatus status = Descriptors.status(fd);
    if ((status.mode() & FileAbi.S_IFMT) != (file.mode() & FileAbi.S_IFMT)) {
      Descriptors.close(fd);
      throw missing(file, "it is a file of another type here");
    }
    return fd;
  }

  private static String words(LinuxException failure) {
    return String.valueOf(failure.getMessage());
  }

  private static GodwitException missing(FileReference file, String why) {
    return new GodwitException(
        EngineError.FILE_CHANGED,
        "the open file " + file.path() + " cannot be opened again",
        why,
        "put the file in its place on this machine");
  }

  private static Fd at(Fd fd, long offset) {
    if (offset != 0) {
      Descriptors.seek(fd, offset, FileAbi.SEEK_SET);
    }
    return fd;
  }

  /** Seals come when the content is there. */
  @Override
  public void start(OpenDescription description, Making making) {
    if (description.kind() instanceof DescriptionKind.MemFd memory) {
      making.image().sharedMemory().stream()
          .filter(each -> each.id().equals(memory.memory()))
          .findFirst()
          .ifPresent(each -> making.made(each.id()).ifPresent(fd -> seal(fd, each.seals())));
    }
  }

  private static void seal(Fd memory, int seals) {
    int missing = seals & ~seals(memory);
    if (missing != 0) {
      Descriptors.control(memory, FileAbi.F_ADD_SEALS, missing);
    }
  }
}

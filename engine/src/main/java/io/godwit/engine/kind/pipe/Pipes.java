package io.godwit.engine.kind.pipe;

import io.godwit.engine.kind.descriptor.FileKind;
import io.godwit.engine.kind.descriptor.Making;
import io.godwit.engine.kind.descriptor.OpenFile;
import io.godwit.engine.kind.descriptor.OpenFiles;
import io.godwit.engine.kind.file.FileReferences;
import io.godwit.image.Bytes;
import io.godwit.image.DescriptionKind;
import io.godwit.image.DescriptionKind.Direction;
import io.godwit.image.ObjectId;
import io.godwit.image.OpenDescription;
import io.godwit.image.Pipe;
import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.descriptor.FileBytes;
import io.godwit.linux.proc.FdLink;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Pipes and FIFOs between processes of the tree, open at both ends or at one. */
public final class Pipes implements FileKind {
  /** The pipes of a tree by inode, each described once. */
  private static final class Known {
    private final Map<String, ObjectId> pipes = new HashMap<>();
  }

  /** Both ends of the pipes that are being made, until every open file of theirs exists. */
  private static final class Ends {
    private final Map<ObjectId, Fd> reading = new HashMap<>();
    private final Map<ObjectId, Fd> writing = new HashMap<>();

    void close() {
      reading.values().forEach(Descriptors::close);
      writing.values().forEach(Descriptors::close);
      reading.clear();
      writing.clear();
    }
  }

  @Override
  public Optional<DescriptionKind> describe(OpenFile file, OpenFiles files) {
    if (!file.status().isPipe() || (file.info().flags() & FileAbi.O_PATH) != 0) {
      return Optional.empty();
    }
    ObjectId pipe =
        files
            .attachment(Known.class, Known::new)
            .pipes
            .computeIfAbsent(
                file.status().device() + ":" + file.status().inode(), _ -> pipe(file, files));
    Direction direction =
        switch (file.info().flags() & FileAbi.O_ACCMODE) {
          case FileAbi.O_RDONLY -> Direction.READ;
          case FileAbi.O_WRONLY -> Direction.WRITE;
          default -> Direction.BOTH;
        };
    if (file.link() instanceof FdLink.Pipe) {
      return Optional.of(new DescriptionKind.PipeEnd(pipe, direction));
    }
    return Optional.of(
        new DescriptionKind.Fifo(
            FileReferences.of(
                file.holder(),
                file.link(),
                file.status(),
                () -> {
                  throw new IllegalStateException(file.words() + ": a FIFO without a name");
                },
                file.words()),
            pipe,
            direction));
  }

  private static ObjectId pipe(OpenFile file, OpenFiles files) {
    boolean readable = (file.info().flags() & FileAbi.O_ACCMODE) != FileAbi.O_WRONLY;
    // A reading end of our own where this one only writes; nothing is taken out through it.
    Fd reading =
        readable ? file.here() : Making.reopen(file.here(), FileAbi.O_RDONLY | FileAbi.O_NONBLOCK);
    try {
      List<byte[]> pieces = io.godwit.linux.descriptor.Pipes.peek(reading);
      boolean packets =
          files.ofInode(file.status().device().devT(), file.status().inode()).stream()
              .anyMatch(each -> (each.info().flags() & FileAbi.O_DIRECT) != 0);
      Pipe pipe =
          new Pipe(
              files.draft().newId(),
              io.godwit.linux.descriptor.Pipes.capacity(reading),
              packets,
              pieces.stream().map(Bytes::of).toList());
      files.draft().pipes().add(pipe);
      return pipe.id();
    } finally {
      if (!readable) {
        Descriptors.close(reading);
      }
    }
  }

  @Override
  public Optional<Fd> make(OpenDescription description, Making making) {
    return switch (description.kind()) {
      case DescriptionKind.PipeEnd end ->
          Optional.of(end(end.pipe(), end.direction(), description.statusFlags(), making));
      case DescriptionKind.Fifo fifo -> Optional.of(fifo(fifo, description, making));
      default -> Optional.empty();
    };
  }

  private static Fd end(ObjectId id, Direction direction, int flags, Making making) {
    Ends ends = ends(making);
    if (!ends.reading.containsKey(id)) {
      Pipe pipe = pipe(id, making);
      var made = io.godwit.linux.descriptor.Pipes.create(FileAbi.O_NONBLOCK);
      ends.reading.put(id, made.reading());
      ends.writing.put(id, made.writing());
      setCapacity(made.writing(), pipe);
      fill(made.writing(), pipe);
    }
    Fd of = direction == Direction.READ ? ends.reading.get(id) : ends.writing.get(id);
    int access =
        switch (direction) {
          case READ -> FileAbi.O_RDONLY;
          case WRITE -> FileAbi.O_WRONLY;
          case BOTH -> FileAbi.O_RDWR;
        };
    return Making.reopen(
        java.util.Objects.requireNonNull(of), (flags & ~FileAbi.O_ACCMODE) | access);
  }

  private static Ends ends(Making making) {
    return making
        .restoration()
        .attachment(
            Ends.class,
            () -> {
              Ends made = new Ends();
              making.restoration().atEnd(made::close);
              return made;
            });
  }

  private static Pipe pipe(ObjectId id, Making making) {
    return making.image().pipes().stream()
        .filter(each -> each.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private static void setCapacity(Fd writing, Pipe pipe) {
    if (io.godwit.linux.descriptor.Pipes.capacity(writing) == pipe.capacity()) {
      return;
    }
    try {
      io.godwit.linux.descriptor.Pipes.setCapacity(writing, pipe.capacity());
    } catch (LinuxException failure) {
      throw Making.impossible(
          "a pipe of "
              + pipe.capacity()
              + " bytes cannot be made (sysctl fs.pipe-max-size is smaller here)",
          failure);
    }
  }

  private static void fill(Fd writing, Pipe pipe) {
    if (pipe.packets()) {
      Making.withFlags(writing, FileAbi.O_DIRECT | FileAbi.O_NONBLOCK);
    }
    pipe.segments().forEach(segment -> FileBytes.write(writing, segment.toArray()));
  }

  private static Fd fifo(DescriptionKind.Fifo fifo, OpenDescription description, Making making) {
    Ends ends = ends(making);
    String path = making.path(fifo.file().path());
    try {
      if (!ends.writing.containsKey(fifo.pipe())) {
        // Open at both ends, so that neither this nor later opening waits for the other side.
        Fd both = Descriptors.open(path, FileAbi.O_RDWR | FileAbi.O_NONBLOCK | FileAbi.O_CLOEXEC);
        ends.writing.put(fifo.pipe(), both);
        Pipe pipe = pipe(fifo.pipe(), making);
        setCapacity(both, pipe);
        // On the machine where the image was made the old processes keep it filled.
        if (io.godwit.linux.descriptor.Pipes.waiting(both) == 0) {
          fill(both, pipe);
        }
      }
      Fd fd =
          Descriptors.open(
              path,
              (description.statusFlags() & FileAbi.O_ACCMODE)
                  | FileAbi.O_NONBLOCK
                  | FileAbi.O_CLOEXEC);
      return Making.withFlags(fd, description.statusFlags());
    } catch (LinuxException failure) {
      throw Making.impossible("the FIFO " + fifo.file().path() + " cannot be opened", failure);
    }
  }
}

package io.godwit.engine.kind.inotify;

import io.godwit.core.GodwitException;
import io.godwit.engine.EngineError;
import io.godwit.engine.kind.descriptor.FileKind;
import io.godwit.engine.kind.descriptor.Making;
import io.godwit.engine.kind.descriptor.OpenFile;
import io.godwit.engine.kind.descriptor.OpenFiles;
import io.godwit.engine.kind.file.FileReferences;
import io.godwit.image.Bytes;
import io.godwit.image.DescriptionKind;
import io.godwit.image.DescriptionKind.InotifyWatch;
import io.godwit.image.FileReference;
import io.godwit.image.OpenDescription;
import io.godwit.linux.Descriptors;
import io.godwit.linux.DeviceNumber;
import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.descriptor.EventDescriptors;
import io.godwit.linux.proc.FdDetail;
import io.godwit.linux.proc.FdLink;
import io.godwit.linux.proc.MountInfo;
import io.godwit.linux.proc.ProcTask;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * inotify(7). The kernel tells the watched files by handle; they are opened by it to learn their
 * path, and watched again by path under the same number.
 */
public final class Inotifies implements FileKind {
  /** Bits that inotify_add_watch(2) takes; fdinfo shows internal ones too. */
  private static final int MASK = 0xfff | 0x01000000 | 0x04000000 | 0x80000000;

  @Override
  public Optional<DescriptionKind> describe(OpenFile file, OpenFiles files) {
    List<FdDetail.InotifyWatch> targets;
    if (file.info().detail() instanceof FdDetail.Inotify inotify) {
      targets = inotify.watches();
    } else if (file.link().text().equals("anon_inode:inotify")) {
      targets = List.of();
    } else {
      return Optional.empty();
    }
    if (EventDescriptors.waiting(file.here()) > 0) {
      throw new GodwitException(
          EngineError.NOT_MOVABLE,
          file.words() + " holds events that were not read yet",
          "they cannot be put into a new queue",
          "try again when the program has read them");
    }
    List<InotifyWatch> watches = new ArrayList<>();
    for (FdDetail.InotifyWatch target : targets) {
      watches.add(new InotifyWatch(target.wd(), reference(file, target), target.mask() & MASK));
    }
    return Optional.of(new DescriptionKind.Inotify(watches, Bytes.EMPTY));
  }

  private static FileReference reference(OpenFile file, FdDetail.InotifyWatch target) {
    DeviceNumber device = DeviceNumber.ofKernel(target.device());
    byte[] handle = target.handleBytes();
    String words = file.words() + " watches inode " + target.inode();
    for (MountInfo mount : new ProcTask(file.holder().proc().toString()).mountInfo()) {
      if (!mount.device().equals(device)) {
        continue;
      }
      Fd root =
          Descriptors.open(
              file.holder().proc() + "/root" + mount.mountPoint(),
              FileAbi.O_RDONLY | FileAbi.O_CLOEXEC);
      try {
        Fd watched = EventDescriptors.openHandle(root, target.handleType(), handle);
        try {
          return FileReferences.of(
              file.holder(),
              FdLink.parse(Descriptors.readLink("/proc/self/fd/" + watched.number())),
              Descriptors.status(watched),
              () -> {
                throw lost(words, "it has no name any more");
              },
              words);
        } finally {
          Descriptors.close(watched);
        }
      } catch (LinuxException failure) {
        throw lost(words, String.valueOf(failure.getMessage()));
      } finally {
        Descriptors.close(root);
      }
    }
    throw lost(words, "no mount of the process has its file system " + device);
  }

  private static GodwitException lost(String words, String why) {
    return new GodwitException(
        EngineError.NOT_MOVABLE, words, why, "let the program remove the watch");
  }

  @Override
  public Optional<Fd> make(OpenDescription description, Making making) {
    if (!(description.kind() instanceof DescriptionKind.Inotify inotify)) {
      return Optional.empty();
    }
    Fd fd = EventDescriptors.inotify(description.statusFlags() & FileAbi.O_NONBLOCK);
    for (InotifyWatch watch : inotify.watches()) {
      try {
        EventDescriptors.watch(fd, watch.watch(), making.path(watch.file().path()), watch.mask());
      } catch (LinuxException failure) {
        Descriptors.close(fd);
        throw Making.impossible("the file " + watch.file().path() + " cannot be watched", failure);
      }
    }
    return Optional.of(fd);
  }
}

package io.godwit.engine.kind.memory;

import io.godwit.core.GodwitException;
import io.godwit.engine.EngineError;
import io.godwit.engine.restore.Restoration;
import io.godwit.image.AddressSpaceImage;
import io.godwit.image.FileReference;
import io.godwit.image.LiveProcess;
import io.godwit.image.ObjectId;
import io.godwit.image.SavedContent;
import io.godwit.image.SharedMemory;
import io.godwit.image.Vma;
import io.godwit.image.VmaKind;
import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.FileStatus;
import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.NativeBuffer;
import io.godwit.linux.abi.Syscall;
import java.util.HashMap;
import java.util.Map;

/** What stands behind the mappings of a tree that is being built, opened in this process. */
public final class MappedFiles {
  private static final int O_RDWR_CLOEXEC = 2 | 0x80000;
  private static final int O_RDONLY_CLOEXEC = 0x80000;
  private static final int MFD_CLOEXEC = 1;
  private static final int MFD_ALLOW_SEALING = 2;

  private record Key(String path, boolean writable) {}

  private final Map<Key, Fd> files = new HashMap<>();

  private MappedFiles() {}

  /** Those of a restoration. */
  public static MappedFiles of(Restoration restoration) {
    return restoration.attachment(MappedFiles.class, MappedFiles::new);
  }

  void openAll(Restoration restoration) {
    restoration.atEnd(() -> files.values().forEach(Descriptors::close));
    for (SharedMemory memory : restoration.image().sharedMemory()) {
      if (restoration.image().sysv().segmentOf(memory.id()).isEmpty()) {
        restoration.descriptors().put(memory.id(), memory(memory));
      }
    }
    for (SavedContent content : restoration.image().savedContents()) {
      restoration.descriptors().put(content.id(), memfd("godwit-saved", content.size(), 0));
    }
    for (LiveProcess process : restoration.image().live()) {
      AddressSpaceImage space = process.memory();
      space.executable().ifPresent(file -> open(restoration, file, false));
      for (Vma vma : space.mappings()) {
        if (vma.kind() instanceof VmaKind.FileMapping mapping) {
          open(restoration, mapping.file(), needsWriting(vma));
        }
      }
    }
  }

  private static boolean needsWriting(Vma vma) {
    return vma.shared() && vma.protection().write();
  }

  /** The descriptor of what a mapping maps. */
  public Fd behind(Restoration restoration, Vma vma) {
    return switch (vma.kind()) {
      case VmaKind.FileMapping mapping -> open(restoration, mapping.file(), needsWriting(vma));
      case VmaKind.ObjectMapping mapping -> object(restoration, mapping.memory());
      default -> throw new IllegalArgumentException("nothing stands behind " + vma.range());
    };
  }

  private static Fd object(Restoration restoration, ObjectId id) {
    Fd fd = restoration.descriptors().get(id);
    if (fd == null) {
      throw new GodwitException(
          EngineError.NOT_RESTORABLE,
          "the tree cannot be built",
          "object " + id + " of the image was not made",
          "report this image");
    }
    return fd;
  }

  /** Opens a file that has a name, or gives the saved content of one that has none. */
  public Fd open(Restoration restoration, FileReference file, boolean writable) {
    if (file.savedContent().isPresent()) {
      return object(restoration, file.savedContent().get());
    }
    return files.computeIfAbsent(
        new Key(file.path(), writable), key -> openNamed(restoration, file, writable));
  }

  private static Fd openNamed(Restoration restoration, FileReference file, boolean writable) {
    String path = restoration.root().resolve(file.path().substring(1)).toString();
    Fd fd;
    try {
      fd = Descriptors.open(path, writable ? O_RDWR_CLOEXEC : O_RDONLY_CLOEXEC);
    } catch (LinuxException e) {
      throw new GodwitException(
          EngineError.FILE_CHANGED,
          "the program cannot be built: it maps " + file.path(),
          "this file cannot be opened here (" + e.getMessage() + ")",
          "put the same file in its place on this machine",
          e);
    }
    FileStatus status = Descriptors.status(fd);
    if (!writable && status.size() != file.size()) {
      Descriptors.close(fd);
      throw new GodwitException(
          EngineError.FILE_CHANGED,
          "the program cannot be built: it maps " + file.path(),
          "this file is another one here: %d bytes instead of %d"
              .formatted(status.size(), file.size()),
          "put the same file in its place on this machine");
    }
    return fd;
  }

  private static Fd memory(SharedMemory memory) {
    return memfd(memory.memfdName().orElse("godwit-shared"), memory.size(), memory.flags());
  }

  private static Fd memfd(String name, long size, int flags) {
    NativeBuffer text = NativeBuffer.ofString(name);
    long fd =
        LinuxException.check(
            Kernel.call(
                Syscall.MEMFD_CREATE, text.address(), MFD_CLOEXEC | MFD_ALLOW_SEALING | flags),
            Syscall.MEMFD_CREATE,
            name);
    Fd made = new Fd((int) fd);
    Descriptors.truncate(made, size);
    return made;
  }
}

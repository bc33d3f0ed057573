package io.godwit.engine.kind.memory;

import io.godwit.core.AddressRange;
import io.godwit.core.GodwitException;
import io.godwit.engine.EngineError;
import io.godwit.engine.extract.ImageDraft;
import io.godwit.engine.extract.ProcessDraft;
import io.godwit.engine.freeze.FrozenProcess;
import io.godwit.engine.freeze.FrozenTree;
import io.godwit.engine.kind.ResourceKind;
import io.godwit.engine.kind.ipc.SystemVKind;
import io.godwit.engine.restore.Restoration;
import io.godwit.engine.restore.RestoreStage;
import io.godwit.image.AddressSpaceImage;
import io.godwit.image.Bytes;
import io.godwit.image.FileReference;
import io.godwit.image.MemoryLayout;
import io.godwit.image.Protection;
import io.godwit.image.SharedMemory;
import io.godwit.image.Vma;
import io.godwit.image.VmaFlag;
import io.godwit.image.VmaKind;
import io.godwit.linux.Descriptors;
import io.godwit.linux.FileStatus;
import io.godwit.linux.LinuxException;
import io.godwit.linux.SyscallBatch;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.proc.MemoryMapping;
import io.godwit.linux.proc.ProcLimits;
import io.godwit.linux.proc.TaskStat;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Address spaces: what is mapped where. Their pages are moved by {@code engine.pages}. */
public final class MemoryKind implements ResourceKind {
  private static final String DELETED = " (deleted)";
  private static final Set<String> UNSUPPORTED_FLAGS = Set.of("io", "pf", "ss", "um", "ht");

  /** The letters in smaps of a mapping that mprotect(2) can make writable. */
  private static final String MAY_WRITE = "mw";

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public void collect(FrozenTree tree, ImageDraft draft) {
    for (FrozenProcess process : tree.processes()) {
      ProcessDraft to = draft.process(process.podPid());
      SyscallBatch batch = process.calls().room(1, 0);
      SyscallBatch.Call brk = batch.add(Syscall.BRK, 0);
      TaskStat stat = process.task().stat();
      List<Vma> mappings = new Mappings(process, draft).describe();
      Bytes auxv =
          Bytes.of(Descriptors.readFile(process.task().path("auxv"), ProcLimits.FILE_BYTES));
      Optional<FileReference> executable = executable(process, draft);
      process
          .calls()
          .then(
              () ->
                  to.memory(
                      new AddressSpaceImage(
                          draft.newId(),
                          layout(stat, brk.result()),
                          auxv,
                          executable,
                          mappings,
                          0)));
    }
  }

  private static MemoryLayout layout(TaskStat stat, long brk) {
    return new MemoryLayout(
        stat.startCode(),
        stat.endCode(),
        stat.startData(),
        stat.endData(),
        stat.startBrk(),
        brk,
        stat.startStack(),
        stat.argStart(),
        stat.argEnd(),
        stat.envStart(),
        stat.envEnd());
  }

  private static Optional<FileReference> executable(FrozenProcess process, ImageDraft draft) {
    String link = process.task().path("exe");
    return Optional.of(
        reference(process.task().executable(), link, Descriptors.status(link), draft));
  }

  /** Describes a file; one without a name any more is saved with the pages. */
  private static FileReference reference(
      String path, String link, FileStatus status, ImageDraft draft) {
    boolean deleted = path.endsWith(DELETED);
    String name = deleted ? path.substring(0, path.length() - DELETED.length()) : path;
    return new FileReference(
        name,
        status.device().devT(),
        status.inode(),
        status.mode(),
        status.size(),
        ChronoUnit.NANOS.between(Instant.EPOCH, status.modified()),
        deleted ? Optional.of(SavedFiles.of(draft).save(draft, link, status)) : Optional.empty());
  }

  @Override
  public void recreate(RestoreStage stage, Restoration restoration) {
    if (stage == RestoreStage.PREPARE) {
      MappedFiles.of(restoration).openAll(restoration);
    }
  }

  /** Reads the mappings of one process. */
  private static final class Mappings {
    private final FrozenProcess process;
    private final ImageDraft draft;
    private final Map<Long, Set<String>> flags;
    private final Map<ImageDraft.Inode, FileReference> files = new HashMap<>();

    Mappings(FrozenProcess process, ImageDraft draft) {
      this.process = process;
      this.draft = draft;
      this.flags = process.mappingFlags();
    }

    List<Vma> describe() {
      List<Vma> described = new ArrayList<>();
      for (MemoryMapping mapping : process.mappings()) {
        described.add(describe(mapping));
      }
      return described;
    }

    private Vma describe(MemoryMapping mapping) {
      Set<String> letters = flags.getOrDefault(mapping.range().start(), Set.of());
      VmaKind kind = kind(mapping);
      EnumSet<VmaFlag> kept = EnumSet.noneOf(VmaFlag.class);
      if (!(kind instanceof VmaKind.Kernel)) {
        letters.stream()
            .filter(UNSUPPORTED_FLAGS::contains)
            .findFirst()
            .ifPresent(l -> refuse(mapping, "its flags in smaps have '" + l + "'"));
        letters.forEach(l -> VmaFlag.ofMnemonic(l).ifPresent(kept::add));
        if (mapping.isSystemVSegment() && !letters.contains(MAY_WRITE)) {
          kept.add(VmaFlag.READ_ONLY);
        }
        if (mapping.shared() || mapping.writable()) {
          kept.remove(VmaFlag.CHARGED); // it goes without saying
        }
      }
      return new Vma(
          mapping.range(),
          new Protection(mapping.readable(), mapping.writable(), mapping.executable()),
          mapping.shared(),
          kept,
          kind,
          name(mapping),
          OptionalInt.empty(),
          Optional.empty());
    }

    private static Optional<String> name(MemoryMapping mapping) {
      String path = mapping.path();
      return path.startsWith("[anon:")
          ? Optional.of(path.substring(6, path.length() - 1))
          : Optional.empty();
    }

    private VmaKind kind(MemoryMapping mapping) {
      String path = mapping.path();
      for (VmaKind.KernelPart part : VmaKind.KernelPart.values()) {
        if (part.label().equals(path)) {
          return new VmaKind.Kernel(part);
        }
      }
      if (mapping.inode() == 0 && !path.startsWith("/") && !path.startsWith("anon_inode:")) {
        return new VmaKind.Anonymous(
            switch (path) {
              case "[heap]" -> VmaKind.Role.HEAP;
              case "[stack]" -> VmaKind.Role.STACK;
              default -> VmaKind.Role.PLAIN;
            });
      }
      if (path.startsWith("/memfd:")
          || path.startsWith("/dev/zero" + DELETED)
          || path.startsWith("[anon_shmem:")
          || mapping.isSystemVSegment()
          || (path.endsWith(DELETED) && mapping.shared())) {
        return new VmaKind.ObjectMapping(object(mapping).id(), mapping.offset());
      }
      return new VmaKind.FileMapping(file(mapping), mapping.offset());
    }

    private String link(MemoryMapping mapping) {
      AddressRange range = mapping.range();
      return process.task().path("map_files/%x-%x".formatted(range.start(), range.end()));
    }

    private FileReference file(MemoryMapping mapping) {
      ImageDraft.Inode inode = new ImageDraft.Inode(mapping.device().devT(), mapping.inode());
      FileReference known = files.get(inode);
      if (known == null) {
        String link = link(mapping);
        FileStatus status;
        try {
          status = Descriptors.status(link);
        } catch (LinuxException e) {
          throw refuse(mapping, e.getMessage());
        }
        if (!status.isRegular()) {
          throw refuse(mapping, "it maps a device");
        }
        known = reference(mapping.path(), link, status, draft);
        files.put(inode, known);
      }
      return known;
    }

    private SharedMemory object(MemoryMapping mapping) {
      String link = link(mapping);
      FileStatus status = Descriptors.status(link);
      String path = mapping.path();
      return draft.sharedMemory(
          mapping.isSystemVSegment()
              ? SystemVKind.inode(mapping.inode())
              : new ImageDraft.Inode(status.device().devT(), status.inode()),
          link,
          id ->
              new SharedMemory(
                  id,
                  status.size(),
                  path.startsWith("/memfd:")
                      ? Optional.of(path.substring(7, path.length() - DELETED.length()))
                      : Optional.empty(),
                  0,
                  0,
                  status.permissions()));
    }

    private GodwitException refuse(
        MemoryMapping mapping, @org.jspecify.annotations.Nullable String why) {
      throw new GodwitException(
          EngineError.UNSUPPORTED_MEMORY,
          "process %s cannot be moved: mapping %s %s"
              .formatted(process.hostPid(), mapping.range(), mapping.path()),
          "memory of this kind is not supported: " + why,
          "end the use of it before the move");
    }
  }
}

package io.godwit.engine.restore;

import io.godwit.core.AddressRange;
import io.godwit.core.GodwitException;
import io.godwit.engine.EngineError;
import io.godwit.engine.kind.memory.MappedFiles;
import io.godwit.engine.pages.LayoutChange;
import io.godwit.engine.pages.MappingGroup;
import io.godwit.image.AddressSpaceImage;
import io.godwit.image.MemoryLayout;
import io.godwit.image.Protection;
import io.godwit.image.Vma;
import io.godwit.image.VmaFlag;
import io.godwit.image.VmaKind;
import io.godwit.linux.DescriptorChannel;
import io.godwit.linux.Fd;
import io.godwit.linux.SyscallBatch;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.proc.MemoryMapping;
import io.godwit.linux.proc.ProcFs;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Turns the address space of a stub into that of a process, all but its pages. */
final class MemoryBuilder {
  private static final int MAP_SHARED = 1;
  private static final int MAP_PRIVATE = 2;
  private static final int MAP_ANONYMOUS = 0x20;
  private static final int MAP_GROWSDOWN = 0x100;
  private static final int MAP_NORESERVE = 0x4000;
  private static final int MAP_FIXED_NOREPLACE = 0x100000;
  private static final int MREMAP_MAYMOVE_FIXED = 3;
  private static final int DONT_NEED = 4;
  private static final int PR_SET_MM = 35;
  private static final int PR_SET_MM_MAP = 14;
  private static final long PR_SET_VMA = 0x53564d41;
  private static final int MM_MAP_SIZE = 104;
  private static final Map<VmaFlag, Integer> ADVICE =
      Map.of(
          VmaFlag.DONT_COPY, 10,
          VmaFlag.DONT_DUMP, 16,
          VmaFlag.WIPE_ON_FORK, 18,
          VmaFlag.HUGE_PAGE, 14,
          VmaFlag.NO_HUGE_PAGE, 15,
          VmaFlag.MERGEABLE, 12,
          VmaFlag.SEQUENTIAL_READ, 2,
          VmaFlag.RANDOM_READ, 1);

  private final Restoration restoration;
  private final RestoredProcess process;
  private final AddressSpaceImage space;
  private final List<MappingGroup> groups;
  private final MappedFiles files;
  private final SegmentAttachments segments;
  private final AddressRange staging;

  /**
   * @param staging free room in the stub and in the image, for mappings on their way
   */
  MemoryBuilder(Restoration restoration, RestoredProcess process, AddressRange staging) {
    this.restoration = restoration;
    this.process = process;
    this.space = process.image().memory();
    this.groups = MappingGroup.of(space.mappings());
    this.files = MappedFiles.of(restoration);
    this.segments = new SegmentAttachments(restoration, process);
    this.staging = staging;
  }

  void build() {
    clear();
    Map<Fd, Integer> numbers = passFiles();
    for (MappingGroup group : groups) {
      map(group.base(), numbers);
    }
    segments.make();
    setLayout(numbers);
    for (int number : numbers.values()) {
      process.calls().room(1, 0).add(Syscall.CLOSE, number);
    }
    process.calls().flush();
  }

  /** Makes the kernel's mappings and those without a file, while the source still runs. */
  void buildEarly() {
    clear();
    for (MappingGroup group : groups) {
      if (LayoutChange.isEarly(group.base())) {
        map(group.base(), Map.of());
      }
    }
    process.calls().flush();
  }

  /**
   * Makes of what {@link #buildEarly} made from an earlier description what this one says.
   *
   * @param dropped pages that are to read as zeros
   */
  void revise(AddressSpaceImage before, List<AddressRange> dropped) {
    LayoutChange change = LayoutChange.between(before, space);
    for (AddressRange range : change.gone()) {
      process.calls().room(1, 0).add(Syscall.MUNMAP, range.start(), range.length());
    }
    for (AddressRange range : dropped) {
      process.calls().room(1, 0).add(Syscall.MADVISE, range.start(), range.length(), DONT_NEED);
    }
    Map<Fd, Integer> numbers = passFiles();
    for (LayoutChange.Growth growth : change.grown()) {
      AddressRange kept = growth.kept();
      process
          .calls()
          .room(1, 0)
          .add(Syscall.MREMAP, kept.start(), kept.length(), growth.end() - kept.start(), 0);
    }
    for (Vma vma : change.fresh()) {
      map(vma, numbers);
    }
    for (MappingGroup group : groups) {
      if (!LayoutChange.isEarly(group.base())) {
        map(group.base(), numbers);
      }
    }
    segments.make();
    setLayout(numbers);
    for (int number : numbers.values()) {
      process.calls().room(1, 0).add(Syscall.CLOSE, number);
    }
    process.calls().flush();
  }

  /**
   * After the pages are there: splits what was made as one mapping, and gives all what would hinder
   * writing to them, or would be lost by it. The calls are made with those that come next.
   */
  void finish() {
    for (MappingGroup group : groups) {
      Protection made = group.base().protection();
      for (Vma vma : group.parts()) {
        AddressRange range = vma.range();
        if (!vma.protection().equals(made)) {
          process
              .calls()
              .room(1, 0)
              .add(Syscall.MPROTECT, range.start(), range.length(), vma.protection().bits());
        }
        advise(vma);
        if (vma.flags().contains(VmaFlag.LOCKED)) {
          process.calls().room(1, 0).add(Syscall.MLOCK, range.start(), range.length()).mayFail();
        }
      }
    }
    for (Vma vma : space.mappings()) {
      if (vma.flags().contains(VmaFlag.SEALED)) {
        AddressRange range = vma.range();
        process.calls().room(1, 0).add(Syscall.MSEAL, range.start(), range.length(), 0);
      }
    }
  }

  /** Unmaps what the stub had, and moves the kernel's own mappings to where the image has them. */
  private void clear() {
    List<MemoryMapping> present = ProcFs.host().process(process.hostPid()).maps();
    AddressRange scratch = process.injector().scratch();
    List<MemoryMapping> kernel = new ArrayList<>();
    for (MemoryMapping mapping : present) {
      AddressRange range = mapping.range();
      if (part(mapping.path()) != null) {
        kernel.add(mapping);
      } else if (!range.overlaps(scratch)) {
        process.calls().room(1, 0).add(Syscall.MUNMAP, range.start(), range.length());
      }
    }
    long at = staging.start();
    Map<VmaKind.KernelPart, AddressRange> staged = new HashMap<>();
    for (MemoryMapping mapping : kernel) {
      AddressRange to = new AddressRange(at, at + mapping.range().length());
      move(mapping.range(), to);
      staged.put(java.util.Objects.requireNonNull(part(mapping.path())), to);
      at = to.end();
    }
    for (Vma vma : space.mappings()) {
      if (vma.kind() instanceof VmaKind.Kernel(VmaKind.KernelPart part)) {
        AddressRange from = staged.remove(part);
        if (from == null || from.length() != vma.range().length()) {
          throw new GodwitException(
              EngineError.NOT_RESTORABLE,
              "process " + process.podPid() + " cannot be built here",
              "this kernel's " + part.label() + " differs from the source's",
              "move it to a node with the same kernel");
        }
        move(from, vma.range());
      }
    }
    for (AddressRange unused : staged.values()) {
      process.calls().room(1, 0).add(Syscall.MUNMAP, unused.start(), unused.length());
    }
  }

  private static VmaKind.@org.jspecify.annotations.Nullable KernelPart part(String label) {
    for (VmaKind.KernelPart part : VmaKind.KernelPart.values()) {
      if (part.label().equals(label)) {
        return part;
      }
    }
    return null;
  }

  private void move(AddressRange from, AddressRange to) {
    process
        .calls()
        .room(1, 0)
        .add(
            Syscall.MREMAP,
            from.start(),
            from.length(),
            from.length(),
            MREMAP_MAYMOVE_FIXED,
            to.start());
  }

  /** Passes every file that is mapped, once, and gives back their numbers in the process. */
  private Map<Fd, Integer> passFiles() {
    Set<Fd> needed = new LinkedHashSet<>();
    space.executable().ifPresent(file -> needed.add(files.open(restoration, file, false)));
    for (Vma vma : space.mappings()) {
      boolean file =
          vma.kind() instanceof VmaKind.FileMapping || vma.kind() instanceof VmaKind.ObjectMapping;
      if (file && !segments.has(vma)) {
        needed.add(files.behind(restoration, vma));
      }
    }
    process.calls().flush();
    Map<Fd, Integer> numbers = new HashMap<>();
    List<Fd> all = List.copyOf(needed);
    for (int from = 0; from < all.size(); from += DescriptorChannel.MAX_DESCRIPTORS) {
      List<Fd> part =
          all.subList(from, Math.min(all.size(), from + DescriptorChannel.MAX_DESCRIPTORS));
      int[] received = restoration.channel().pass(process.injector(), part);
      for (int i = 0; i < received.length; i++) {
        numbers.put(part.get(i), received[i]);
      }
    }
    return numbers;
  }

  private void map(Vma vma, Map<Fd, Integer> numbers) {
    if (segments.has(vma)) {
      return; // attached when all else is in its place
    }
    AddressRange range = vma.range();
    int flags = MAP_FIXED_NOREPLACE | (vma.shared() ? MAP_SHARED : MAP_PRIVATE);
    flags |= vma.flags().contains(VmaFlag.GROWS_DOWN) ? MAP_GROWSDOWN : 0;
    flags |= vma.flags().contains(VmaFlag.NO_RESERVE) ? MAP_NORESERVE : 0;
    long descriptor = -1;
    long offset = 0;
    switch (vma.kind()) {
      case VmaKind.Kernel kernel -> {
        return;
      }
      case VmaKind.Anonymous anonymous -> flags |= MAP_ANONYMOUS;
      case VmaKind.FileMapping mapping -> {
        descriptor = number(vma, numbers);
        offset = mapping.offset();
      }
      case VmaKind.ObjectMapping mapping -> {
        descriptor = number(vma, numbers);
        offset = mapping.offset();
      }
    }
    process
        .calls()
        .room(1, 0)
        .add(
            Syscall.MMAP,
            range.start(),
            range.length(),
            vma.protection().bits(),
            flags,
            descriptor,
            offset);
  }

  private long number(Vma vma, Map<Fd, Integer> numbers) {
    return java.util.Objects.requireNonNull(numbers.get(files.behind(restoration, vma)));
  }

  private void advise(Vma vma) {
    AddressRange range = vma.range();
    vma.flags().stream()
        .filter(ADVICE::containsKey)
        .forEach(
            flag ->
                process
                    .calls()
                    .room(1, 0)
                    .add(
                        Syscall.MADVISE,
                        range.start(),
                        range.length(),
                        java.util.Objects.requireNonNull(ADVICE.get(flag)))
                    .mayFail()); // a kernel without huge pages or KSM refuses the advice
    vma.name()
        .ifPresent(
            name -> {
              SyscallBatch batch = process.calls().room(1, name.length() * 3 + 16);
              batch
                  .add(
                      Syscall.PRCTL,
                      PR_SET_VMA,
                      0,
                      range.start(),
                      range.length(),
                      batch.string(name))
                  .mayFail(); // names are a kernel option
            });
  }

  /** The fields that brk(2), /proc and the C library's start-up code rely on. */
  private void setLayout(Map<Fd, Integer> numbers) {
    MemoryLayout layout = space.layout();
    SyscallBatch batch = process.calls().room(1, MM_MAP_SIZE + space.auxv().size() + 64);
    long auxv = batch.data(space.auxv().toArray());
    int executable =
        space
            .executable()
            .map(file -> numbers.getOrDefault(files.open(restoration, file, false), -1))
            .orElse(-1);
    ByteBuffer map = ByteBuffer.allocate(MM_MAP_SIZE).order(ByteOrder.nativeOrder());
    map.putLong(layout.startCode()).putLong(layout.endCode());
    map.putLong(layout.startData()).putLong(layout.endData());
    map.putLong(layout.startBrk()).putLong(layout.brk()).putLong(layout.startStack());
    map.putLong(layout.argStart()).putLong(layout.argEnd());
    map.putLong(layout.envStart()).putLong(layout.envEnd());
    map.putLong(auxv).putInt(space.auxv().size()).putInt(executable);
    batch.add(Syscall.PRCTL, PR_SET_MM, PR_SET_MM_MAP, batch.data(map.array()), MM_MAP_SIZE, 0);
  }
}

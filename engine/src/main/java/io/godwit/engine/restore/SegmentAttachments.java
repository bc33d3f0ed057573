package io.godwit.engine.restore;

import io.godwit.core.AddressRange;
import io.godwit.engine.EngineLimits;
import io.godwit.image.ObjectId;
import io.godwit.image.Protection;
import io.godwit.image.SharedMemory;
import io.godwit.image.SysvObjects;
import io.godwit.image.Vma;
import io.godwit.image.VmaFlag;
import io.godwit.image.VmaKind;
import io.godwit.linux.SyscallBatch;
import io.godwit.linux.abi.IpcAbi;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.proc.MemoryMapping;
import io.godwit.linux.proc.ProcFs;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Attaches System V segments to a process that is being built. Mapping their files would not do:
 * shmdt(2), the count of attachments and the end of a removed segment go by what shmat(2) made. It
 * attaches a whole segment; where a program has unmapped or moved parts of one, it is attached
 * elsewhere and what is left of it is moved to its place.
 */
final class SegmentAttachments {
  private static final int MREMAP_MAYMOVE_FIXED = 3;

  private final Restoration restoration;
  private final RestoredProcess process;
  private final Map<ObjectId, Integer> segments = new HashMap<>();

  /**
   * One call of shmat(2).
   *
   * @param base where the segment's first byte is or would be
   */
  private record Attachment(ObjectId memory, long base, boolean readOnly) {}

  SegmentAttachments(Restoration restoration, RestoredProcess process) {
    this.restoration = restoration;
    this.process = process;
    for (SysvObjects.Segment segment : restoration.image().sysv().segments()) {
      segments.put(segment.memory(), segment.identity().id());
    }
  }

  /** Whether a mapping is a segment or a part of one. */
  boolean has(Vma vma) {
    return vma.kind() instanceof VmaKind.ObjectMapping(ObjectId memory, long _)
        && segments.containsKey(memory);
  }

  /** When everything else is mapped, so that what looks free is. */
  void make() {
    if (segments.isEmpty()) {
      return;
    }
    Map<Attachment, List<Vma>> attachments = new LinkedHashMap<>();
    for (Vma vma : process.image().memory().mappings()) {
      if (has(vma) && vma.kind() instanceof VmaKind.ObjectMapping(ObjectId memory, long offset)) {
        attachments
            .computeIfAbsent(
                new Attachment(
                    memory, vma.range().start() - offset, vma.flags().contains(VmaFlag.READ_ONLY)),
                key -> new java.util.ArrayList<>())
            .add(vma);
      }
    }
    attachments.forEach(this::attach);
    attachments.values().forEach(parts -> parts.forEach(this::protect));
  }

  private void attach(Attachment attachment, List<Vma> parts) {
    int id = java.util.Objects.requireNonNull(segments.get(attachment.memory()));
    long length = length(attachment.memory());
    int flags = attachment.readOnly() ? IpcAbi.SHM_RDONLY : 0;
    long mapped = parts.stream().mapToLong(vma -> vma.range().length()).sum();
    if (mapped == length) {
      process.calls().room(1, 0).add(Syscall.SHMAT, id, attachment.base(), flags);
      return;
    }
    AddressRange room = room(length);
    process.calls().room(1, 0).add(Syscall.SHMAT, id, room.start(), flags);
    long unused = room.start();
    for (Vma vma : parts) {
      AddressRange to = vma.range();
      long from = room.start() + (to.start() - attachment.base());
      unmap(unused, from);
      SyscallBatch batch = process.calls().room(1, 0);
      batch.add(Syscall.MREMAP, from, to.length(), to.length(), MREMAP_MAYMOVE_FIXED, to.start());
      unused = from + to.length();
    }
    unmap(unused, room.end());
    process.calls().flush(); // the room is free again for the next
  }

  private void unmap(long from, long to) {
    if (from < to) {
      process.calls().room(1, 0).add(Syscall.MUNMAP, from, to - from);
    }
  }

  private long length(ObjectId memory) {
    long page = EngineLimits.PAGE_SIZE;
    long size =
        restoration.image().sharedMemory().stream()
            .filter(each -> each.id().equals(memory))
            .mapToLong(SharedMemory::size)
            .findFirst()
            .orElseThrow();
    return (size + page - 1) / page * page;
  }

  private AddressRange room(long length) {
    FreeSpace space = new FreeSpace();
    space.occupy(process.image().memory().mappings().stream().map(Vma::range).toList());
    space.occupy(
        ProcFs.host().process(process.hostPid()).maps().stream()
            .map(MemoryMapping::range)
            .toList());
    return space.find(length);
  }

  private void protect(Vma vma) {
    boolean writable = !vma.flags().contains(VmaFlag.READ_ONLY);
    if (!vma.protection().equals(new Protection(true, writable, false))) {
      AddressRange range = vma.range();
      process
          .calls()
          .room(1, 0)
          .add(Syscall.MPROTECT, range.start(), range.length(), vma.protection().bits());
    }
  }
}

package io.godwit.engine.pages;

import io.godwit.core.AddressRange;
import io.godwit.image.Protection;
import io.godwit.image.Vma;
import io.godwit.image.VmaFlag;
import io.godwit.image.VmaKind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Neighbouring private mappings that the kernel may make one again when the program gives them the
 * same protection and advice: what one mmap(2) made and mprotect(2) or madvise(2) has split. They
 * are built as one mapping, filled and then split as they were. Built one by one, each part would
 * get an anon_vma of its own with its first page, and mappings with different ones are never joined
 * (mm/vma.c of the kernel): a later mremap(2) over all of them would fail with EFAULT.
 *
 * <p>What else stands in the way of joining must be alike in all parts: what is behind them and at
 * which offset, and whether their memory is charged (VM_ACCOUNT). Charged is what was writable
 * once, unless it was made with MAP_NORESERVE.
 *
 * @param parts in ascending order, at least one
 */
public record MappingGroup(List<Vma> parts) {
  private static final Protection READ_WRITE = new Protection(true, true, false);
  private static final Protection NONE = new Protection(false, false, false);

  /** What is given to mmap(2) and cannot be changed afterwards. */
  private static final Set<VmaFlag> LASTING =
      EnumSet.of(
          VmaFlag.GROWS_DOWN, VmaFlag.NO_RESERVE, VmaFlag.DROPPABLE, VmaFlag.HUGETLB, VmaFlag.SYNC);

  public MappingGroup {
    parts = List.copyOf(parts);
  }

  /** Divides the mappings of an address space, all of them, in ascending order. */
  public static List<MappingGroup> of(List<Vma> mappings) {
    List<MappingGroup> groups = new ArrayList<>();
    int from = 0;
    for (int i = 1; i <= mappings.size(); i++) {
      if (i == mappings.size() || !joins(mappings.get(i - 1), mappings.get(i))) {
        groups.add(new MappingGroup(mappings.subList(from, i)));
        from = i;
      }
    }
    return groups;
  }

  private static boolean joins(Vma left, Vma right) {
    return left.range().end() == right.range().start()
        && isPrivate(left)
        && isPrivate(right)
        && goesOn(left, right)
        && isCharged(left) == isCharged(right)
        && lasting(left).equals(lasting(right));
  }

  private static boolean isPrivate(Vma vma) {
    return !vma.shared() && !(vma.kind() instanceof VmaKind.Kernel);
  }

  private static boolean goesOn(Vma left, Vma right) {
    long length = left.range().length();
    return switch (left.kind()) {
      case VmaKind.Anonymous anonymous -> right.kind() instanceof VmaKind.Anonymous;
      case VmaKind.FileMapping(var file, long offset) ->
          right.kind().equals(new VmaKind.FileMapping(file, offset + length));
      case VmaKind.ObjectMapping(var memory, long offset) ->
          right.kind().equals(new VmaKind.ObjectMapping(memory, offset + length));
      case VmaKind.Kernel kernel -> false;
    };
  }

  private static boolean isCharged(Vma vma) {
    return vma.flags().contains(VmaFlag.CHARGED)
        || (vma.protection().write() && !vma.flags().contains(VmaFlag.NO_RESERVE));
  }

  private static Set<VmaFlag> lasting(Vma vma) {
    EnumSet<VmaFlag> flags = EnumSet.copyOf(LASTING);
    flags.retainAll(vma.flags());
    return flags;
  }

  /** All of it. */
  public AddressRange range() {
    return new AddressRange(parts.getFirst().range().start(), parts.getLast().range().end());
  }

  /**
   * The one mapping to begin with. Its protection tells the kernel whether to charge the memory: a
   * mapping that is made without the right to write is not, and one that is made with it remains
   * charged.
   */
  public Vma base() {
    Vma first = parts.getFirst();
    if (!isPrivate(first)) {
      return first;
    }
    Protection protection = first.protection();
    if (isCharged(first) || first.flags().contains(VmaFlag.NO_RESERVE)) {
      protection = READ_WRITE;
    } else if (first.kind() instanceof VmaKind.Anonymous) {
      protection = NONE;
    }
    return new Vma(range(), protection, false, lasting(first), first.kind());
  }

  /** Whether the kernel has to be told by more than one call. */
  public boolean isSplit() {
    return parts.size() > 1;
  }
}

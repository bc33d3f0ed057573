package io.godwit.engine.pages;

import io.godwit.core.AddressRange;
import io.godwit.engine.EngineLimits;
import io.godwit.image.AddressSpaceImage;
import io.godwit.image.LiveProcess;
import io.godwit.image.PodImage;
import io.godwit.image.ProcessImage;
import io.godwit.image.Vma;
import io.godwit.image.VmaKind;
import io.godwit.policy.transfer.PageSet;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the private anonymous mappings of an address space changed between a preliminary image and
 * the final one, apart from protection and advice, which are given to them at the very end (compare
 * {@link MappingGroup}). Source and destination compute it each for itself from the same two
 * images, so that both know which pages survive at the destination. The steps are done in the order
 * of the components, so that each mapping of the program is one mapping of the kernel again:
 * mremap(2) moves only one.
 *
 * @param kept pages mapped alike in both
 * @param gone ranges that the destination unmaps
 * @param grown kept ranges to which something is added behind
 * @param fresh mappings, or parts of them, that it makes
 */
public record LayoutChange(
    PageSet kept, List<AddressRange> gone, List<Growth> grown, List<Vma> fresh) {
  private static final long PAGE = EngineLimits.PAGE_SIZE;

  /** A kept range and where it is to end. */
  public record Growth(AddressRange kept, long end) {}

  public LayoutChange {
    gone = List.copyOf(gone);
    grown = List.copyOf(grown);
    fresh = List.copyOf(fresh);
  }

  /** Whether the mapping is made before the freeze: private memory that no file stands behind. */
  public static boolean isEarly(Vma vma) {
    return vma.kind() instanceof VmaKind.Anonymous && !vma.shared();
  }

  /** The pages of the mappings that are made before the freeze. */
  public static PageSet early(AddressSpaceImage space) {
    return PageSet.of(
        space.mappings().stream().filter(LayoutChange::isEarly).map(Vma::range).toList(), PAGE);
  }

  /** Compares two layouts of one address space. */
  public static LayoutChange between(AddressSpaceImage before, AddressSpaceImage after) {
    List<Vma> old = bases(before);
    List<AddressRange> keptRanges = new ArrayList<>();
    List<Growth> grown = new ArrayList<>();
    List<Vma> fresh = new ArrayList<>();
    int from = 0;
    for (Vma vma : bases(after)) {
      while (from < old.size() && old.get(from).range().end() <= vma.range().start()) {
        from++;
      }
      Vma best = best(old, from, vma);
      if (best == null) {
        fresh.add(vma);
        continue;
      }
      AddressRange common = common(best, vma);
      keptRanges.add(common);
      if (vma.range().start() < common.start()) {
        fresh.add(part(vma, new AddressRange(vma.range().start(), common.start())));
      }
      if (common.end() < vma.range().end()) {
        grown.add(new Growth(common, vma.range().end()));
      }
    }
    PageSet kept = PageSet.of(keptRanges, PAGE);
    return new LayoutChange(kept, early(before).minus(kept).addresses(PAGE), grown, fresh);
  }

  private static List<Vma> bases(AddressSpaceImage space) {
    return MappingGroup.of(space.mappings()).stream()
        .map(MappingGroup::base)
        .filter(LayoutChange::isEarly)
        .toList();
  }

  /**
   * The mapping that has most in common with a new one. Only one is taken: parts of two that hold
   * pages never become one mapping again, and mremap(2) moves only one.
   */
  private static @Nullable Vma best(List<Vma> old, int from, Vma vma) {
    Vma best = null;
    for (int i = from; i < old.size() && old.get(i).range().start() < vma.range().end(); i++) {
      Vma was = old.get(i);
      if (was.range().overlaps(vma.range())
          && alike(was, vma)
          && (best == null || common(was, vma).length() > common(best, vma).length())) {
        best = was;
      }
    }
    return best;
  }

  private static AddressRange common(Vma a, Vma b) {
    return new AddressRange(
        Math.max(a.range().start(), b.range().start()), Math.min(a.range().end(), b.range().end()));
  }

  private static boolean alike(Vma was, Vma is) {
    return was.flags().equals(is.flags()) && was.protection().equals(is.protection());
  }

  private static Vma part(Vma base, AddressRange range) {
    return new Vma(range, base.protection(), base.shared(), base.flags(), base.kind());
  }

  /**
   * Whether what was built from the preliminary image can become the final one: the same processes
   * with the same relations, whose kernel mappings stand where they stood. Otherwise the tree is
   * built from nothing.
   */
  public static boolean isPossible(PodImage before, PodImage after) {
    List<ProcessImage> old = before.processes();
    List<ProcessImage> now = after.processes();
    if (old.size() != now.size()) {
      return false;
    }
    for (int i = 0; i < old.size(); i++) {
      if (!old.get(i).identity().equals(now.get(i).identity())
          || !(old.get(i) instanceof LiveProcess was)
          || !(now.get(i) instanceof LiveProcess is)
          || !kernelMappings(was.memory()).equals(kernelMappings(is.memory()))
          || was.memory().mappings().stream().anyMatch(LayoutChange::isSealed)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isSealed(Vma vma) {
    return isEarly(vma) && vma.flags().contains(io.godwit.image.VmaFlag.SEALED);
  }

  private static List<AddressRange> kernelMappings(AddressSpaceImage space) {
    return space.mappings().stream()
        .filter(vma -> vma.kind() instanceof VmaKind.Kernel)
        .map(Vma::range)
        .toList();
  }
}

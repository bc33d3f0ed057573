package io.godwit.engine.pages;

import io.godwit.core.AddressRange;
import io.godwit.engine.EngineLimits;
import io.godwit.image.AddressSpaceImage;
import io.godwit.image.LiveProcess;
import io.godwit.image.PodImage;
import io.godwit.image.ProcessImage;
import io.godwit.image.Protection;
import io.godwit.image.Vma;
import io.godwit.image.VmaKind;
import io.godwit.policy.transfer.PageSet;
import java.util.ArrayList;
import java.util.List;

/**
 * How the private anonymous mappings of an address space changed between a preliminary image and
 * the final one. Source and destination compute it each for itself from the same two images, so
 * that both know which pages survive at the destination.
 *
 * @param kept pages mapped alike in both, apart from their protection
 * @param gone ranges that the destination unmaps
 * @param fresh mappings, or parts of them, that it makes
 * @param protect kept ranges with another protection
 */
public record LayoutChange(
    PageSet kept, List<AddressRange> gone, List<Vma> fresh, List<Vma> protect) {
  private static final long PAGE = EngineLimits.PAGE_SIZE;

  public LayoutChange {
    gone = List.copyOf(gone);
    fresh = List.copyOf(fresh);
    protect = List.copyOf(protect);
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
    List<AddressRange> keptRanges = new ArrayList<>();
    List<Vma> protect = new ArrayList<>();
    List<Vma> old = before.mappings().stream().filter(LayoutChange::isEarly).toList();
    List<Vma> now = after.mappings().stream().filter(LayoutChange::isEarly).toList();
    int from = 0;
    for (Vma vma : now) {
      while (from < old.size() && old.get(from).range().end() <= vma.range().start()) {
        from++;
      }
      for (int i = from; i < old.size(); i++) {
        Vma was = old.get(i);
        if (was.range().start() >= vma.range().end()) {
          break;
        }
        if (!alike(was, vma)) {
          continue;
        }
        AddressRange common =
            new AddressRange(
                Math.max(was.range().start(), vma.range().start()),
                Math.min(was.range().end(), vma.range().end()));
        keptRanges.add(common);
        if (!was.protection().equals(vma.protection())) {
          protect.add(part(vma, common));
        }
      }
    }
    PageSet kept = PageSet.of(keptRanges, PAGE);
    List<Vma> fresh = new ArrayList<>();
    for (Vma vma : now) {
      PageSet whole = PageSet.of(List.of(vma.range()), PAGE);
      whole.minus(kept).addresses(PAGE).forEach(range -> fresh.add(part(vma, range)));
    }
    return new LayoutChange(kept, early(before).minus(kept).addresses(PAGE), fresh, protect);
  }

  private static boolean alike(Vma was, Vma is) {
    return was.flags().equals(is.flags())
        && was.name().equals(is.name())
        && was.protectionKey().equals(is.protectionKey())
        && was.numaPolicy().equals(is.numaPolicy());
  }

  private static Vma part(Vma vma, AddressRange range) {
    Protection protection = vma.protection();
    return new Vma(
        range,
        protection,
        vma.shared(),
        vma.flags(),
        vma.kind(),
        vma.name(),
        vma.protectionKey(),
        vma.numaPolicy());
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

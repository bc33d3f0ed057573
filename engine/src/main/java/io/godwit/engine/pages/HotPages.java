package io.godwit.engine.pages;

import io.godwit.core.AddressRange;
import io.godwit.engine.EngineLimits;
import io.godwit.image.LiveProcess;
import io.godwit.image.ObjectId;
import io.godwit.image.PodImage;
import io.godwit.image.ThreadImage;
import io.godwit.linux.Registers;
import io.godwit.policy.transfer.PageSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The minimum that goes in the freeze where pages may come later: what no fault can bring (pages of
 * file mappings) and what every thread touches first (the top of its stack, and what it has
 * registered with the kernel, which lies in its thread-local storage).
 */
public final class HotPages {
  private static final long PAGE = EngineLimits.PAGE_SIZE;

  /** Pages of each stack from its top on. */
  private static final int STACK_PAGES = 4;

  private HotPages() {}

  /**
   * Private pages divided by when they go, each by address space.
   *
   * @param now in the freeze
   * @param later on demand or pushed afterwards
   */
  public record Division(
      Map<ObjectId, List<AddressRange>> now, Map<ObjectId, List<AddressRange>> later) {}

  /**
   * Divides the pages that a tree needs.
   *
   * @param needed by address space of the image
   */
  public static Division divide(PodImage image, Map<ObjectId, List<AddressRange>> needed) {
    Map<ObjectId, List<AddressRange>> now = new HashMap<>();
    Map<ObjectId, List<AddressRange>> later = new HashMap<>();
    for (LiveProcess process : image.live()) {
      ObjectId space = process.memory().id();
      PageSet all = PageSet.of(needed.getOrDefault(space, List.of()), PAGE);
      PageSet waiting = all.and(LayoutChange.early(process.memory())).minus(hot(process));
      now.put(space, all.minus(waiting).addresses(PAGE));
      later.put(space, waiting.addresses(PAGE));
    }
    return new Division(now, later);
  }

  /**
   * The same where a page store has what was not written since it got it: what it has not goes in
   * the freeze.
   *
   * @param present what there is, by address space of the image
   * @param unstored what the store has not, or not as it is now
   */
  public static Division divideStored(
      PodImage image,
      Map<ObjectId, List<AddressRange>> present,
      Map<ObjectId, List<AddressRange>> unstored) {
    Map<ObjectId, List<AddressRange>> stored = new HashMap<>();
    present.forEach(
        (space, ranges) ->
            stored.put(
                space,
                PageSet.of(ranges, PAGE)
                    .minus(PageSet.of(unstored.getOrDefault(space, List.of()), PAGE))
                    .addresses(PAGE)));
    Division divided = divide(image, stored);
    Map<ObjectId, List<AddressRange>> now = new HashMap<>();
    divided
        .now()
        .forEach(
            (space, ranges) ->
                now.put(
                    space,
                    PageSet.of(ranges, PAGE)
                        .plus(PageSet.of(unstored.getOrDefault(space, List.of()), PAGE))
                        .addresses(PAGE)));
    return new Division(now, divided.later());
  }

  private static PageSet hot(LiveProcess process) {
    List<AddressRange> ranges = new ArrayList<>();
    for (ThreadImage thread : process.threads()) {
      Registers registers = Registers.of(thread.registers().general().toArray());
      add(ranges, registers.stackPointer() - PAGE, STACK_PAGES + 1);
      thread.restartableSequence().ifPresent(area -> add(ranges, area.address(), 1));
      thread.robustList().ifPresent(list -> add(ranges, list.head(), 1));
      add(ranges, thread.clearChildTid(), 1);
    }
    return PageSet.of(ranges, PAGE);
  }

  private static void add(List<AddressRange> ranges, long address, int pages) {
    long start = address & -PAGE;
    if (start > 0) {
      ranges.add(new AddressRange(start, start + pages * PAGE));
    }
  }
}

package io.godwit.engine.restore;

import io.godwit.core.AddressRange;
import io.godwit.core.GodwitException;
import io.godwit.engine.EngineError;
import io.godwit.engine.EngineLimits;
import io.godwit.engine.pages.LayoutChange;
import io.godwit.engine.pages.MappingGroup;
import io.godwit.image.AddressSpaceImage;
import io.godwit.image.Vma;
import io.godwit.linux.Fd;
import io.godwit.linux.Injector;
import io.godwit.linux.LinuxException;
import io.godwit.linux.OwnedFd;
import io.godwit.linux.Pidfds;
import io.godwit.linux.Userfaultfd;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.abi.UserfaultfdAbi;
import io.godwit.policy.transfer.PageSet;
import java.util.ArrayList;
import java.util.List;

/** Makes the faults of a process that is being built known to this process (userfaultfd(2)). */
final class FaultRegistration {
  private static final long CLOEXEC_NONBLOCK = 0x80800;
  private static final int DONT_NEED = 4;
  private static final int POPULATE_WRITE = 23;

  private FaultRegistration() {}

  /**
   * Makes the descriptor inside the process, fetches it and registers the mappings that have
   * missing pages.
   */
  static Userfaultfd open(RestoredProcess process, List<AddressRange> missing) {
    Injector injector = process.injector();
    long number = injector.call(Syscall.USERFAULTFD, CLOEXEC_NONBLOCK);
    if (number < 0) {
      throw new GodwitException(
          EngineError.KERNEL_CALL,
          "pages of process " + process.podPid() + " cannot follow it",
          String.valueOf(
              new LinuxException((int) -number, Syscall.USERFAULTFD, "in it").getMessage()),
          "choose a strategy that brings all pages in the freeze: precopy or eager");
    }
    Userfaultfd made;
    try {
      made = Userfaultfd.over(OwnedFd.of(Pidfds.get(process.hostPid(), new Fd((int) number))));
    } finally {
      injector.call(Syscall.CLOSE, number);
    }
    PageSet pages = PageSet.of(missing, EngineLimits.PAGE_SIZE);
    List<MappingGroup> groups =
        MappingGroup.of(process.image().memory().mappings()).stream()
            .filter(group -> LayoutChange.isEarly(group.base()))
            .filter(group -> !among(group.range(), pages).isEmpty())
            .toList();
    for (MappingGroup group : groups) {
      if (group.isSplit()) {
        // One page, so that the parts have an anon_vma in common before they are parts.
        long first =
            among(group.range(), pages).addresses(EngineLimits.PAGE_SIZE).getFirst().start();
        process
            .calls()
            .room(1, 0)
            .add(Syscall.MADVISE, first, EngineLimits.PAGE_SIZE, POPULATE_WRITE)
            .mayFail(); // before Linux 5.14
      }
    }
    for (AddressRange range : missing) {
      // A huge page that was made for its neighbours may have put zeros there.
      process.calls().room(1, 0).add(Syscall.MADVISE, range.start(), range.length(), DONT_NEED);
    }
    try {
      process.calls().flush();
      made.handshake(Userfaultfd.ALL_EVENTS);
      for (AddressRange run : runs(process.image().memory())) {
        if (!among(run, pages).isEmpty()) {
          made.register(run, UserfaultfdAbi.UFFDIO_REGISTER_MODE_MISSING);
        }
      }
      return made;
    } catch (RuntimeException e) {
      made.close();
      throw e;
    }
  }

  private static PageSet among(AddressRange range, PageSet pages) {
    return PageSet.of(List.of(range), EngineLimits.PAGE_SIZE).and(pages);
  }

  /**
   * Neighbouring mappings together: two that the program makes alike become one only if both are
   * registered or neither.
   */
  private static List<AddressRange> runs(AddressSpaceImage space) {
    List<AddressRange> runs = new ArrayList<>();
    for (Vma vma : space.mappings()) {
      if (LayoutChange.isEarly(vma)) {
        AddressRange range = vma.range();
        if (!runs.isEmpty() && runs.getLast().end() == range.start()) {
          range = new AddressRange(runs.removeLast().start(), range.end());
        }
        runs.add(range);
      }
    }
    return runs;
  }
}

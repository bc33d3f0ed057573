package io.godwit.engine.restore;

import io.godwit.core.AddressRange;
import io.godwit.core.GodwitException;
import io.godwit.engine.EngineError;
import io.godwit.engine.EngineLimits;
import io.godwit.engine.pages.LayoutChange;
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
import java.util.List;

/** Makes the faults of a process that is being built known to this process (userfaultfd(2)). */
final class FaultRegistration {
  private static final long CLOEXEC_NONBLOCK = 0x80800;
  private static final int DONT_NEED = 4;

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
    for (AddressRange range : missing) {
      // A huge page that was made for its neighbours may have put zeros there.
      process.calls().room(1, 0).add(Syscall.MADVISE, range.start(), range.length(), DONT_NEED);
    }
    try {
      process.calls().flush();
      made.handshake(
          UserfaultfdAbi.UFFD_FEATURE_EVENT_FORK
              | UserfaultfdAbi.UFFD_FEATURE_EVENT_REMAP
              | UserfaultfdAbi.UFFD_FEATURE_EVENT_REMOVE
              | UserfaultfdAbi.UFFD_FEATURE_EVENT_UNMAP);
      PageSet pages = PageSet.of(missing, EngineLimits.PAGE_SIZE);
      for (Vma vma : process.image().memory().mappings()) {
        PageSet own = PageSet.of(List.of(vma.range()), EngineLimits.PAGE_SIZE);
        if (LayoutChange.isEarly(vma) && !own.and(pages).isEmpty()) {
          made.register(vma.range(), UserfaultfdAbi.UFFDIO_REGISTER_MODE_MISSING);
        }
      }
      return made;
    } catch (RuntimeException e) {
      made.close();
      throw e;
    }
  }
}

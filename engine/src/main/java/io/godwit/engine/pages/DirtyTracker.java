package io.godwit.engine.pages;

import io.godwit.core.AddressRange;
import io.godwit.core.Pid;
import io.godwit.engine.EngineLimits;
import io.godwit.engine.freeze.FrozenProcess;
import io.godwit.engine.freeze.FrozenTree;
import io.godwit.linux.Fd;
import io.godwit.linux.Injector;
import io.godwit.linux.LinuxException;
import io.godwit.linux.OwnedFd;
import io.godwit.linux.PageMap;
import io.godwit.linux.Pidfds;
import io.godwit.linux.Userfaultfd;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.abi.UserfaultfdAbi;
import io.godwit.linux.proc.MemoryMapping;
import io.godwit.linux.proc.ProcFs;
import io.godwit.policy.transfer.PageSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells which private anonymous pages of running processes were written, without soft-dirty bits: a
 * userfaultfd in asynchronous write-protect mode and PAGEMAP_SCAN, Linux 6.7
 * (Documentation/admin-guide/mm/userfaultfd.rst, pagemap.rst).
 *
 * <p>Only pages that exist are ever protected. So a page that appears is written by definition, one
 * that was dropped is simply not there any more (compare {@link #present}), and no marker entries
 * are left in the page tables. A mapping that the tracker has not registered (it is new, was moved
 * by mremap, or belongs to a program started by exec) counts as written entirely, and is registered
 * from then on.
 *
 * <p>Pages that a device writes through a pin taken before the protection are not seen. The death
 * of this process unregisters everything; the program goes on undisturbed. Not for two threads at
 * once.
 */
public final class DirtyTracker implements AutoCloseable {
  private static final long CLOEXEC_NONBLOCK = 0x80800;

  /** Faults in the kernel's own accesses need no answer here, so this mode needs no privilege. */
  private static final long USER_MODE_ONLY = 1;

  /** Addresses that a program can map. */
  private static final long LOWEST = EngineLimits.PAGE_SIZE;

  private static final long HIGHEST = 0x7fff_ffff_f000L;

  private static final long CONTENT = PageMap.PRESENT | PageMap.SWAPPED;

  private final Map<Pid, Userfaultfd> faults = new LinkedHashMap<>();

  private DirtyTracker() {}

  /**
   * Makes the descriptors, one in each process. Call on the tracer's thread while the tree is
   * frozen; when the freeze is undone no trace of it is left in the processes but the tracking.
   */
  public static DirtyTracker begin(FrozenTree tree) {
    DirtyTracker tracker = new DirtyTracker();
    try {
      for (FrozenProcess process : tree.processes()) {
        tracker.faults.put(process.hostPid(), makeIn(process.injector(), process.hostPid()));
      }
      return tracker;
    } catch (RuntimeException e) {
      tracker.close();
      throw e;
    }
  }

  private static Userfaultfd makeIn(Injector injector, Pid hostPid) {
    long number = injector.call(Syscall.USERFAULTFD, CLOEXEC_NONBLOCK);
    if (number == -Errno.EPERM.number()) {
      number = injector.call(Syscall.USERFAULTFD, CLOEXEC_NONBLOCK | USER_MODE_ONLY);
    }
    LinuxException.check(number, Syscall.USERFAULTFD, "in process " + hostPid);
    Userfaultfd made;
    try {
      made = Userfaultfd.over(OwnedFd.of(Pidfds.get(hostPid, new Fd((int) number))));
    } finally {
      injector.call(Syscall.CLOSE, number);
    }
    try {
      made.handshake(
          UserfaultfdAbi.UFFD_FEATURE_WP_ASYNC
              | UserfaultfdAbi.UFFD_FEATURE_WP_UNPOPULATED
              | UserfaultfdAbi.UFFD_FEATURE_WP_HUGETLBFS_SHMEM);
      return made;
    } catch (RuntimeException e) {
      made.close();
      throw e;
    }
  }

  /** Whether a process is tracked at all; one that was forked later is not. */
  public boolean tracks(Pid hostPid) {
    return faults.containsKey(hostPid);
  }

  /**
   * The pages that were written since the last call, which are protected again; the first call
   * gives all that exist. The process may run: a page that is written during the call shows now or
   * in the next one.
   *
   * @throws LinuxException ENOENT or ESRCH when the process has ended
   */
  public PageSet written(Pid hostPid) {
    List<AddressRange> ranges = ranges(hostPid);
    List<AddressRange> found = new ArrayList<>();
    try (PageMap map = PageMap.open(hostPid)) {
      // What is not registered yet has no state worth anything, whatever its entries say.
      scan(
          map,
          ranges,
          new PageMap.Filter(PageMap.WP_ALLOWED, PageMap.WP_ALLOWED, CONTENT, 0),
          found);
      register(hostPid);
      for (AddressRange range : ranges) {
        long all = PageMap.WP_ALLOWED | PageMap.WRITTEN;
        map.scan(range, new PageMap.Filter(0, all, CONTENT, 0), true)
            .forEach(region -> found.add(region.range()));
      }
    }
    return PageSet.of(found, EngineLimits.PAGE_SIZE);
  }

  private static void scan(
      PageMap map, List<AddressRange> ranges, PageMap.Filter filter, List<AddressRange> found) {
    for (AddressRange range : ranges) {
      map.scan(range, filter, false).forEach(region -> found.add(region.range()));
    }
  }

  /** The private anonymous pages that have contents now. */
  public static PageSet present(Pid hostPid) {
    List<AddressRange> found = new ArrayList<>();
    try (PageMap map = PageMap.open(hostPid)) {
      for (AddressRange range : ranges(hostPid)) {
        map.privatePages(range).forEach(region -> found.add(region.range()));
      }
    }
    return PageSet.of(found, EngineLimits.PAGE_SIZE);
  }

  /** The private anonymous mappings, neighbours joined. */
  private static List<AddressRange> ranges(Pid hostPid) {
    List<AddressRange> ranges = new ArrayList<>();
    for (MemoryMapping mapping : ProcFs.host().process(hostPid).maps()) {
      if (!isTracked(mapping)) {
        continue;
      }
      AddressRange range = mapping.range();
      if (!ranges.isEmpty() && ranges.getLast().end() == range.start()) {
        range = new AddressRange(ranges.removeLast().start(), range.end());
      }
      ranges.add(range);
    }
    return ranges;
  }

  /**
   * The address space between the mappings that are not tracked. Registering all of it, holes
   * included, never registers a part of a mapping that has just appeared: the kernel would split it
   * in two, and mremap(2) refuses to move two at once.
   */
  private static List<AddressRange> gaps(Pid hostPid) {
    List<AddressRange> gaps = new ArrayList<>();
    long from = LOWEST;
    boolean any = false;
    for (MemoryMapping mapping : ProcFs.host().process(hostPid).maps()) {
      if (isTracked(mapping)) {
        any = true;
      } else {
        if (any) {
          gaps.add(new AddressRange(from, mapping.range().start()));
        }
        from = mapping.range().end();
        any = false;
      }
    }
    if (any) {
      gaps.add(new AddressRange(from, HIGHEST));
    }
    return gaps;
  }

  private static boolean isTracked(MemoryMapping mapping) {
    return !mapping.shared() && !mapping.isFile() && !mapping.isVdso() && !mapping.isVvar();
  }

  private void register(Pid hostPid) {
    Userfaultfd uffd = faults.get(hostPid);
    if (uffd == null) {
      return;
    }
    for (AddressRange range : gaps(hostPid)) {
      try {
        uffd.register(range, UserfaultfdAbi.UFFDIO_REGISTER_MODE_WP);
      } catch (LinuxException e) {
        // The mapping went away meanwhile, another userfaultfd has it, or a new program runs in
        // the process: what is not registered counts as written at each call.
        if (!e.is(Errno.EINVAL)
            && !e.is(Errno.ENOMEM)
            && !e.is(Errno.EBUSY)
            && !e.is(Errno.EPERM)
            && !e.is(Errno.ESRCH)) {
          throw e;
        }
      }
    }
  }

  /** Ends the tracking: closing the descriptors makes the kernel unregister everything. */
  @Override
  public void close() {
    faults.values().forEach(Userfaultfd::close);
    faults.clear();
  }
}

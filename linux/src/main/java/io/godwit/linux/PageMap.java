package io.godwit.linux;

import io.godwit.core.AddressRange;
import io.godwit.core.Pid;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.NativeBuffer;
import io.godwit.linux.abi.Syscall;
import java.util.ArrayList;
import java.util.List;

/**
 * Which pages of a process exist, and which were written: /proc/PID/pagemap, with the ioctl
 * PAGEMAP_SCAN (Documentation/admin-guide/mm/pagemap.rst) where the kernel has it, else word by
 * word. Not for two threads at once.
 */
public final class PageMap implements AutoCloseable {
  /** The page can be write-protected asynchronously (userfaultfd). */
  public static final long WP_ALLOWED = 1;

  /** Written since it was last write-protected. */
  public static final long WRITTEN = 1 << 1;

  /** Of a file or of shared memory, not a private copy. */
  public static final long FILE = 1 << 2;

  public static final long PRESENT = 1 << 3;
  public static final long SWAPPED = 1 << 4;

  /** The kernel's page of zeros. */
  public static final long ZERO = 1 << 5;

  public static final long HUGE = 1 << 6;

  private static final long PAGEMAP_SCAN = 0xC0606610L;
  private static final int REGIONS = 4096;
  private static final int ARGUMENT = 96;
  private static final long PAGE = 4096;
  private static final int WORDS = 4096;

  /** PM_SCAN_WP_MATCHING: write-protect what matches, in the same pass. */
  private static final long WP_MATCHING = 1;

  private final Pid pid;
  private final OwnedFd fd;
  private final NativeBuffer buffer = NativeBuffer.allocate(ARGUMENT + REGIONS * 24);
  private boolean scans = true;

  private PageMap(Pid pid, OwnedFd fd) {
    this.pid = pid;
    this.fd = fd;
  }

  public static PageMap open(Pid pid) {
    return new PageMap(
        pid, OwnedFd.of(Descriptors.open("/proc/" + pid + "/pagemap", 0x80000 /* O_CLOEXEC */)));
  }

  /** A run of pages with the categories that all of them have. */
  public record Region(AddressRange range, long categories) {}

  /**
   * The pages that only this address space has: present or swapped out, of no file, not zero pages.
   */
  public List<Region> privatePages(AddressRange range) {
    return scans
        ? scan(range, new Filter(FILE | ZERO, FILE | ZERO, PRESENT | SWAPPED, 0), false)
        : walk(range);
  }

  /** Pages written since the last call with {@code protect}, which are protected again by it. */
  public List<Region> writtenPages(AddressRange range, boolean protect) {
    return scan(range, new Filter(0, WRITTEN, 0, 0), protect);
  }

  /**
   * What PAGEMAP_SCAN selects: a page whose categories, after inverting some, hold all of a mask
   * and any of another.
   */
  public record Filter(long inverted, long all, long any, long shown) {}

  /** Selected pages in ascending order. */
  public List<Region> scan(AddressRange range, Filter filter, boolean protect) {
    List<Region> found = new ArrayList<>();
    long start = range.start();
    while (start < range.end()) {
      buffer.putLong(0, ARGUMENT).putLong(8, protect ? WP_MATCHING : 0);
      buffer.putLong(16, start).putLong(24, range.end()).putLong(32, 0);
      buffer.putLong(40, buffer.address() + ARGUMENT).putLong(48, REGIONS).putLong(56, 0);
      buffer.putLong(64, filter.inverted()).putLong(72, filter.all());
      buffer.putLong(80, filter.any()).putLong(88, filter.shown());
      long count = Kernel.call(Syscall.IOCTL, fd.fd().number(), PAGEMAP_SCAN, buffer.address());
      if (count == -Errno.ENOTTY.number() || count == -Errno.EINVAL.number()) {
        scans = false;
        return walk(range);
      }
      LinuxException.check(count, Syscall.IOCTL, "PAGEMAP_SCAN of process " + pid);
      for (int i = 0; i < count; i++) {
        int at = ARGUMENT + 24 * i;
        found.add(
            new Region(
                new AddressRange(buffer.getLong(at), buffer.getLong(at + 8)),
                buffer.getLong(at + 16)));
      }
      start = buffer.getLong(32);
    }
    return found;
  }

  /** For kernels before 6.7: bit 63 present, 62 swapped, 61 file or shared. Zero pages show. */
  private List<Region> walk(AddressRange range) {
    List<Region> found = new ArrayList<>();
    NativeBuffer words = NativeBuffer.allocate(WORDS * 8);
    long runStart = -1;
    for (long at = range.start(); at < range.end(); at += WORDS * PAGE) {
      int count = (int) Math.min(WORDS, (range.end() - at) / PAGE);
      Descriptors.read(fd.fd(), words.bytes().clear().limit(count * 8), at / PAGE * 8);
      for (int i = 0; i < count; i++) {
        boolean wanted = words.getLong(i * 8) >>> 62 != 0 && (words.getLong(i * 8) >>> 61 & 1) == 0;
        long address = at + i * PAGE;
        if (wanted && runStart < 0) {
          runStart = address;
        } else if (!wanted && runStart >= 0) {
          found.add(new Region(new AddressRange(runStart, address), 0));
          runStart = -1;
        }
      }
    }
    if (runStart >= 0) {
      found.add(new Region(new AddressRange(runStart, range.end()), 0));
    }
    return found;
  }

  @Override
  public void close() {
    fd.close();
  }
}

package io.godwit.linux.abi;

/** Constants of userfaultfd(2) under the names of linux/userfaultfd.h. */
@CHeaders({"sys/ioctl.h", "linux/userfaultfd.h"})
public final class UserfaultfdAbi {
  public static final int UFFD_EVENT_PAGEFAULT = 0x12;
  public static final int UFFD_EVENT_FORK = 0x13;
  public static final int UFFD_EVENT_REMAP = 0x14;
  public static final int UFFD_EVENT_REMOVE = 0x15;
  public static final int UFFD_EVENT_UNMAP = 0x16;

  public static final long UFFD_PAGEFAULT_FLAG_WRITE = 1;
  public static final long UFFD_PAGEFAULT_FLAG_WP = 1 << 1;
  public static final long UFFD_PAGEFAULT_FLAG_MINOR = 1 << 2;

  public static final long UFFDIO_REGISTER_MODE_MISSING = 1;
  public static final long UFFDIO_REGISTER_MODE_WP = 1 << 1;

  public static final long UFFDIO_COPY_MODE_DONTWAKE = 1;
  public static final long UFFDIO_COPY_MODE_WP = 1 << 1;

  public static final long UFFDIO_WRITEPROTECT_MODE_WP = 1;

  public static final long UFFD_FEATURE_EVENT_FORK = 1 << 1;
  public static final long UFFD_FEATURE_EVENT_REMAP = 1 << 2;
  public static final long UFFD_FEATURE_EVENT_REMOVE = 1 << 3;
  public static final long UFFD_FEATURE_MISSING_SHMEM = 1 << 5;
  public static final long UFFD_FEATURE_EVENT_UNMAP = 1 << 6;
  public static final long UFFD_FEATURE_THREAD_ID = 1 << 8;
  public static final long UFFD_FEATURE_EXACT_ADDRESS = 1 << 11;
  public static final long UFFD_FEATURE_WP_HUGETLBFS_SHMEM = 1 << 12;

  @NotInHeaders("linux 6.4: later than some distributions' headers")
  public static final long UFFD_FEATURE_WP_UNPOPULATED = 1 << 13;

  @NotInHeaders("linux 6.6: later than some distributions' headers")
  public static final long UFFD_FEATURE_POISON = 1 << 14;

  @NotInHeaders("linux 6.7: later than some distributions' headers")
  public static final long UFFD_FEATURE_WP_ASYNC = 1 << 15;

  public static final long UFFDIO_API = 0xc018aa3fL;
  public static final long UFFDIO_REGISTER = 0xc020aa00L;
  public static final long UFFDIO_UNREGISTER = 0x8010aa01L;
  public static final long UFFDIO_WAKE = 0x8010aa02L;
  public static final long UFFDIO_COPY = 0xc028aa03L;
  public static final long UFFDIO_ZEROPAGE = 0xc020aa04L;
  public static final long UFFDIO_WRITEPROTECT = 0xc018aa06L;

  @NotInHeaders("_IOWR(0xaa, 8, struct uffdio_poison of 32 bytes), linux 6.6")
  public static final long UFFDIO_POISON = 0xc020aa08L;

  /** Size of struct uffd_msg. */
  @NotInHeaders("sizeof(struct uffd_msg)")
  public static final int MESSAGE_SIZE = 32;

  private UserfaultfdAbi() {}
}

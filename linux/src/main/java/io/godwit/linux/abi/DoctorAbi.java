package io.godwit.linux.abi;

import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.StructLayout;

/** What probes need of calls that are otherwise made inside other processes. */
@CHeaders({
  "linux/sched.h",
  "linux/fs.h",
  "linux/userfaultfd.h",
  "linux/seccomp.h",
  "linux/if_tun.h",
  "linux/capability.h",
  "linux/netfilter/nfnetlink.h",
  "linux/netfilter/nf_tables.h"
})
public final class DoctorAbi {
  public static final int CLONE_VM = 0x100;
  public static final int PAGEMAP_SCAN = 0xC0606610;
  public static final int PAGE_IS_PRESENT = 1 << 3;
  public static final int UFFD_API = 0xAA;
  public static final int UFFDIO_API = 0xC018AA3F;
  public static final int UFFD_FEATURE_MISSING_SHMEM = 1 << 5;
  public static final int UFFD_FEATURE_MINOR_SHMEM = 1 << 10;
  public static final int UFFD_FEATURE_WP_ASYNC = 1 << 15;
  public static final int SECCOMP_GET_ACTION_AVAIL = 2;
  public static final int SECCOMP_RET_ERRNO = 0x50000;
  public static final int TUNSETIFF = 0x400454CA;
  public static final int IFF_TUN = 1;
  public static final int IFF_NO_PI = 0x1000;
  public static final int CAP_NET_ADMIN = 12;
  public static final int CAP_SYS_PTRACE = 19;
  public static final int CAP_SYS_ADMIN = 21;
  public static final int CAP_SYS_RESOURCE = 24;
  public static final int CAP_CHECKPOINT_RESTORE = 40;
  public static final int NFNL_SUBSYS_NFTABLES = 10;
  public static final int NFT_MSG_GETGEN = 16;

  @NotInHeaders("sizeof(struct io_uring_params) in linux/io_uring.h")
  public static final int IO_URING_PARAMS_BYTES = 120;

  /** struct clone_args as of Linux 5.7, with the cgroup member. */
  @CStruct("struct clone_args")
  public static final StructLayout CLONE_ARGS =
      structLayout(
          JAVA_LONG.withName("flags"),
          JAVA_LONG.withName("pidfd"),
          JAVA_LONG.withName("child_tid"),
          JAVA_LONG.withName("parent_tid"),
          JAVA_LONG.withName("exit_signal"),
          JAVA_LONG.withName("stack"),
          JAVA_LONG.withName("stack_size"),
          JAVA_LONG.withName("tls"),
          JAVA_LONG.withName("set_tid"),
          JAVA_LONG.withName("set_tid_size"),
          JAVA_LONG.withName("cgroup"));

  @CStruct("struct uffdio_api")
  public static final StructLayout UFFDIO_API_ARG =
      structLayout(
          JAVA_LONG.withName("api"), JAVA_LONG.withName("features"), JAVA_LONG.withName("ioctls"));

  @CStruct("struct pm_scan_arg")
  public static final StructLayout SCAN_ARG =
      structLayout(
          JAVA_LONG.withName("size"),
          JAVA_LONG.withName("flags"),
          JAVA_LONG.withName("start"),
          JAVA_LONG.withName("end"),
          JAVA_LONG.withName("walk_end"),
          JAVA_LONG.withName("vec"),
          JAVA_LONG.withName("vec_len"),
          JAVA_LONG.withName("max_pages"),
          JAVA_LONG.withName("category_inverted"),
          JAVA_LONG.withName("category_mask"),
          JAVA_LONG.withName("category_anyof_mask"),
          JAVA_LONG.withName("return_mask"));

  @CStruct("struct page_region")
  public static final StructLayout PAGE_REGION =
      structLayout(
          JAVA_LONG.withName("start"), JAVA_LONG.withName("end"), JAVA_LONG.withName("categories"));

  private DoctorAbi() {}
}

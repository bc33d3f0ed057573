package io.godwit.linux.doctor;

import java.util.Locale;

/** Every property of kernel and machine that Godwit can make use of, in the order of the report. */
public enum Feature {
  KERNEL(
      "Linux 5.14 or later",
      "everything: process descriptors, set_tid, cgroup.kill",
      "Godwit does not work",
      "install a newer kernel; 6.7 or later for precopy"),
  SEIZE(
      "PTRACE_SEIZE and injected system calls",
      "stopping processes, reading and setting their registers, rebuilding them",
      "Godwit does not work",
      "give the daemon CAP_SYS_PTRACE and a seccomp filter that allows ptrace"),
  PTRACE_SCOPE(
      "ptrace scope of the Yama security module",
      "adopting processes that were not started by Godwit",
      "only processes started by Godwit can be moved",
      "sysctl kernel.yama.ptrace_scope=1 or less, or give the daemon CAP_SYS_PTRACE"),
  PROCESS_VM(
      "process_vm_readv and process_vm_writev",
      "copying memory out of and into processes",
      "Godwit does not work",
      "a kernel with CONFIG_CROSS_MEMORY_ATTACH and a seccomp filter that allows the calls"),
  SET_TID(
      "clone3 with set_tid",
      "a process keeps its process id on every node",
      "programs that remember their process id break when they move",
      "give the daemon CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN"),
  PIDFD_GETFD(
      "pidfd_getfd",
      "examining a process's descriptors without stopping it",
      "pipes, terminals and sockets cannot be moved",
      "Linux 5.6 or later and CAP_SYS_PTRACE"),
  KCMP(
      "kcmp",
      "finding out which descriptors share one open file",
      "shared file positions are lost: files opened once and inherited become separate",
      "a kernel with CONFIG_KCMP or CONFIG_CHECKPOINT_RESTORE"),
  MAP_FILES(
      "links of /proc/PID/map_files",
      "opening mapped files that were deleted",
      "processes with deleted mapped files cannot be moved",
      "CONFIG_CHECKPOINT_RESTORE, and CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN"),
  PAGEMAP_SCAN(
      "the PAGEMAP_SCAN ioctl",
      "finding present and changed pages quickly",
      "precopy is not offered; other strategies read pagemap, which is slower",
      "Linux 6.7 or later"),
  USERFAULTFD(
      "userfaultfd",
      "copy-on-reference and hybrid: pages are fetched when they are used",
      "only eager and precopy are offered",
      "CONFIG_USERFAULTFD, and CAP_SYS_PTRACE or sysctl vm.unprivileged_userfaultfd=1"),
  WP_ASYNC(
      "userfaultfd asynchronous write protection",
      "knowing which pages a process writes while it runs",
      "precopy is not offered where the soft-dirty bit is missing too",
      "Linux 6.7 or later with CONFIG_PTE_MARKER_UFFD_WP"),
  MINOR_FAULTS(
      "userfaultfd minor and missing faults on shared memory",
      "copy-on-reference of shared memory",
      "shared memory is copied whole in the freeze",
      "Linux 5.14 or later with CONFIG_HAVE_ARCH_USERFAULTFD_MINOR"),
  UNPRIVILEGED_USERFAULTFD(
      "userfaultfd for ordinary users",
      "copy-on-reference without root",
      "the daemon needs CAP_SYS_PTRACE for copy-on-reference",
      "sysctl vm.unprivileged_userfaultfd=1, or access to /dev/userfaultfd"),
  SOFT_DIRTY(
      "the soft-dirty bit of pagemap",
      "a second way of knowing which pages were written",
      "nothing where asynchronous write protection is present",
      "CONFIG_MEM_SOFT_DIRTY"),
  MOUNT_NAMESPACE(
      "mount namespaces", "a pod's own file tree", "pods cannot be made", "CAP_SYS_ADMIN"),
  PID_NAMESPACE(
      "PID namespaces",
      "process ids that are the same on every node",
      "pods cannot be made",
      "CONFIG_PID_NS and CAP_SYS_ADMIN"),
  TIME_NAMESPACE(
      "time namespaces",
      "monotonic clocks that go on without a jump",
      "programs see their monotonic clock jump when they move",
      "Linux 5.6 or later with CONFIG_TIME_NS, and CAP_SYS_ADMIN"),
  NETWORK_NAMESPACE(
      "network namespaces",
      "pods with addresses of their own",
      "established connections cannot move with a pod",
      "CONFIG_NET_NS and CAP_SYS_ADMIN"),
  UTS_NAMESPACE(
      "UTS namespaces",
      "a host name that is the same on every node",
      "programs see another host name after they moved",
      "CONFIG_UTS_NS and CAP_SYS_ADMIN"),
  IPC_NAMESPACE(
      "IPC namespaces",
      "System V and POSIX message queues, semaphores, shared memory that move",
      "programs that use System V objects cannot be moved",
      "CONFIG_IPC_NS and CAP_SYS_ADMIN"),
  CGROUP_NAMESPACE(
      "cgroup namespaces",
      "pods that see their own control group as the root",
      "programs see the node's control group paths",
      "CONFIG_CGROUPS, Linux 4.6 or later, and CAP_SYS_ADMIN"),
  USER_NAMESPACE(
      "user namespaces",
      "pods without root on the node",
      "the daemon must run as root",
      "CONFIG_USER_NS and sysctl user.max_user_namespaces above 0"),
  SECCOMP(
      "seccomp filters",
      "keeping foreign processes from what they could not do at home",
      "foreign processes run without a filter",
      "CONFIG_SECCOMP_FILTER"),
  CGROUP2_FREEZE(
      "cgroup version 2 with freeze and kill",
      "resuming a whole pod at one instant; no second instance when a daemon dies",
      "pods cannot be made",
      "mount -t cgroup2 none /sys/fs/cgroup/unified, Linux 5.14 or later"),
  CGROUP1(
      "cgroup version 1 controllers",
      "limits of processor time and memory where version 2 has no controllers",
      "nothing where version 2 has the controllers",
      "not needed on machines with version 2 alone"),
  PSI(
      "pressure stall information",
      "load information that tells waiting from working",
      "the load is judged by run queue and memory alone",
      "CONFIG_PSI, and psi=1 on the kernel's command line"),
  FUSE(
      "FUSE",
      "the home's files on other nodes",
      "moved pods see only files that are the same on both nodes",
      "CONFIG_FUSE_FS and access to /dev/fuse"),
  TUN(
      "TUN devices",
      "carrying a pod's packets between nodes in user space",
      "other tunnels are used",
      "CONFIG_TUN and access to /dev/net/tun"),
  VETH(
      "veth pairs",
      "connecting pods to the node",
      "pods have no network of their own",
      "CONFIG_VETH and CAP_NET_ADMIN"),
  BRIDGE(
      "bridges",
      "connecting the pods of a node with each other",
      "each pod is routed by itself",
      "CONFIG_BRIDGE and CAP_NET_ADMIN"),
  VXLAN(
      "VXLAN tunnels",
      "a network of pods across nodes",
      "packets are carried in user space",
      "CONFIG_VXLAN and CAP_NET_ADMIN"),
  NF_TABLES(
      "nf_tables",
      "holding packets back during a freeze, and forwarding ports",
      "packets that come in the freeze are sent again by the peer, which takes longer",
      "CONFIG_NF_TABLES and CAP_NET_ADMIN"),
  UNIX_DIAG(
      "sock_diag of Unix sockets",
      "finding which Unix sockets are connected to each other",
      "programs with connected Unix sockets cannot be moved",
      "CONFIG_UNIX_DIAG"),
  INET_DIAG(
      "sock_diag of internet sockets",
      "listing connections",
      "connections are read from /proc/net, which is slower",
      "CONFIG_INET_DIAG"),
  TCP_REPAIR(
      "TCP_REPAIR",
      "moving established TCP connections",
      "processes with established connections are refused",
      "CAP_NET_ADMIN"),
  IO_URING(
      "io_uring",
      "nothing of Godwit's: programs that use it are refused by name",
      "nothing",
      "not needed"),
  TIMER_IDS(
      "PR_TIMER_CREATE_RESTORE_IDS",
      "POSIX timers that keep their numbers, in one call each",
      "timers are made and deleted until the number comes round",
      "Linux 6.16 or later"),
  MM_MAP(
      "PR_SET_MM_MAP",
      "the boundaries of heap, stack, arguments and environment as ps shows them",
      "ps shows wrong arguments after a move",
      "CONFIG_CHECKPOINT_RESTORE"),
  TID_ADDRESS(
      "PR_GET_TID_ADDRESS",
      "pthread_join works for threads that were moved",
      "programs that wait for threads may hang after a move",
      "CONFIG_CHECKPOINT_RESTORE"),
  RSEQ_CONFIGURATION(
      "PTRACE_GET_RSEQ_CONFIGURATION",
      "restartable sequences that work after a move",
      "programs linked with glibc 2.35 or later cannot be moved",
      "Linux 5.13 or later with CONFIG_RSEQ"),
  TIMER_LIST(
      "/proc/timer_list",
      "sleeps that end at the right time after a move",
      "the time that remains is taken from the scheduler's records, up to a tick less exact",
      "run the daemon as root"),
  CAP_SYS_PTRACE(
      "capability CAP_SYS_PTRACE",
      "moving processes of every user",
      "only the daemon user's own processes can be moved",
      "run the daemon as root or with AmbientCapabilities=CAP_SYS_PTRACE"),
  CAP_SYS_ADMIN(
      "capability CAP_SYS_ADMIN",
      "pods: namespaces and mounts",
      "pods cannot be made",
      "run the daemon as root"),
  CAP_CHECKPOINT_RESTORE(
      "capability CAP_CHECKPOINT_RESTORE",
      "set_tid and map_files without CAP_SYS_ADMIN",
      "nothing where CAP_SYS_ADMIN is held",
      "Linux 5.9 or later; run the daemon as root"),
  CAP_NET_ADMIN(
      "capability CAP_NET_ADMIN",
      "pods with addresses, TCP connections that move",
      "pods share the node's network; established connections are refused",
      "run the daemon as root or with AmbientCapabilities=CAP_NET_ADMIN"),
  CAP_SYS_RESOURCE(
      "capability CAP_SYS_RESOURCE",
      "raising hard limits, pipes above the common size",
      "limits of a moved process that are above the node's stay at the node's",
      "run the daemon with CAP_SYS_RESOURCE"),
  BTF(
      "BTF type information of the kernel",
      "offsets of kernel structures for experts' tools",
      "nothing",
      "CONFIG_DEBUG_INFO_BTF"),
  MEMORY(
      "256 MiB of available memory",
      "room for processes that come in",
      "this node refuses processes",
      "free memory or add some"),
  DISK(
      "1 GiB of free disk for temporary files",
      "room for images and flushed pages",
      "flushing and checkpoints to this disk are refused",
      "free space or configure another directory"),
  AVX(
      "AVX registers",
      "taking in processes from nodes that have them",
      "processes from such nodes are refused before the freeze",
      "none: a property of the processor"),
  AVX512(
      "AVX-512 registers",
      "taking in processes from nodes that have them",
      "processes from such nodes are refused before the freeze",
      "none: a property of the processor"),
  XSAVE(
      "XSAVE register state",
      "moving floating point and vector registers",
      "Godwit does not work",
      "none: a property of the processor"),
  SHADOW_STACKS(
      "user shadow stacks",
      "taking in processes that run with them",
      "processes that use them are refused before the freeze",
      "a processor with CET and CONFIG_X86_USER_SHADOW_STACK");

  private final String title;
  private final String purpose;
  private final String loss;
  private final String remedy;

  Feature(String title, String purpose, String loss, String remedy) {
    this.title = title;
    this.purpose = purpose;
    this.loss = loss;
    this.remedy = remedy;
  }

  /** The stable name in reports: pagemap-scan. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What it is, for people. */
  public String title() {
    return title;
  }

  /** What Godwit does with it. */
  public String purpose() {
    return purpose;
  }

  /** What is lost without. */
  public String loss() {
    return loss;
  }

  /** How to get it. */
  public String remedy() {
    return remedy;
  }
}

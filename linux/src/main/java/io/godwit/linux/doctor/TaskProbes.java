package io.godwit.linux.doctor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.godwit.core.Pid;
import io.godwit.linux.Descriptors;
import io.godwit.linux.DirectoryEntry;
import io.godwit.linux.Fd;
import io.godwit.linux.Kcmp;
import io.godwit.linux.LinuxException;
import io.godwit.linux.OwnedFd;
import io.godwit.linux.Pidfds;
import io.godwit.linux.Prctl;
import io.godwit.linux.abi.DoctorAbi;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.abi.TaskAbi;
import io.godwit.linux.proc.ProcFs;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;

/** Probes of single system calls, tried on this process itself. */
final class TaskProbes {
  private static final int PAGE = 4096;

  private TaskProbes() {}

  private static Pid self() {
    return new Pid((int) ProcessHandle.current().pid());
  }

  static void addTo(Map<Feature, Probe> probes) {
    probes.put(Feature.SET_TID, TaskProbes::setTid);
    probes.put(Feature.PIDFD_GETFD, TaskProbes::pidfdGetfd);
    probes.put(Feature.KCMP, TaskProbes::kcmp);
    probes.put(Feature.MAP_FILES, TaskProbes::mapFiles);
    probes.put(Feature.PAGEMAP_SCAN, TaskProbes::pagemapScan);
    probes.put(Feature.SOFT_DIRTY, TaskProbes::softDirty);
    probes.put(Feature.USERFAULTFD, () -> "features 0x" + Long.toHexString(faultFeatures()));
    probes.put(Feature.WP_ASYNC, () -> faultFeature(DoctorAbi.UFFD_FEATURE_WP_ASYNC));
    probes.put(
        Feature.MINOR_FAULTS,
        () -> {
          faultFeature(DoctorAbi.UFFD_FEATURE_MISSING_SHMEM);
          return faultFeature(DoctorAbi.UFFD_FEATURE_MINOR_SHMEM);
        });
    probes.put(Feature.UNPRIVILEGED_USERFAULTFD, TaskProbes::unprivilegedFaults);
    probes.put(Feature.SECCOMP, TaskProbes::seccomp);
    probes.put(Feature.IO_URING, TaskProbes::ioUring);
    probes.put(
        Feature.TIMER_IDS,
        () -> {
          Prctl.call(
              TaskAbi.PR_TIMER_CREATE_RESTORE_IDS,
              TaskAbi.PR_TIMER_CREATE_RESTORE_IDS_GET,
              0,
              0,
              0);
          return "";
        });
    probes.put(Feature.MM_MAP, () -> "structure of " + prctlNumber(true) + " bytes");
    probes.put(
        Feature.TID_ADDRESS,
        () -> {
          prctlNumber(false);
          return "";
        });
  }

  /**
   * Asks for the number that this process has: the kernel refuses with EEXIST once it has found the
   * caller entitled, so that no task is ever made.
   */
  private static String setTid() throws Probe.Missing {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment tid = arena.allocateFrom(JAVA_INT, self().number());
      MemorySegment args = arena.allocate(DoctorAbi.CLONE_ARGS);
      args.set(JAVA_LONG, FileAbi.offset(DoctorAbi.CLONE_ARGS, "flags"), DoctorAbi.CLONE_VM);
      args.set(JAVA_LONG, FileAbi.offset(DoctorAbi.CLONE_ARGS, "set_tid"), tid.address());
      args.set(JAVA_LONG, FileAbi.offset(DoctorAbi.CLONE_ARGS, "set_tid_size"), 1);
      long result = Kernel.call(Syscall.CLONE3, args.address(), args.byteSize());
      if (result == -Errno.EEXIST.number()) {
        return "";
      }
      LinuxException.check(result, Syscall.CLONE3, "set_tid");
      throw new Probe.Missing("clone3 ignores set_tid");
    }
  }

  private static String pidfdGetfd() {
    try (OwnedFd file = OwnedFd.of(Descriptors.open("/proc/self/stat", FileAbi.O_RDONLY))) {
      Descriptors.close(Pidfds.get(self(), file.fd()));
      return "";
    }
  }

  private static String kcmp() throws Probe.Missing {
    try (OwnedFd file = OwnedFd.of(Descriptors.open("/proc/self/stat", FileAbi.O_RDONLY));
        OwnedFd copy = OwnedFd.of(Descriptors.duplicate(file.fd()))) {
      int order = Kcmp.compareFiles(self().mainThread(), file.fd(), self().mainThread(), copy.fd());
      return Probe.expect(order == 0, order == 0 ? "" : "copies of a descriptor compare unequal");
    }
  }

  private static String mapFiles() throws Probe.Missing {
    List<DirectoryEntry> entries = Descriptors.list("/proc/self/map_files");
    Probe.expect(!entries.isEmpty(), "the directory is empty");
    String path = "/proc/self/map_files/" + entries.getFirst().name();
    Descriptors.close(Descriptors.open(path, FileAbi.O_RDONLY));
    return "";
  }

  private static String pagemapScan() {
    try (Arena arena = Arena.ofConfined();
        OwnedFd pagemap = OwnedFd.of(Descriptors.open("/proc/self/pagemap", FileAbi.O_RDONLY))) {
      MemorySegment page = page(arena);
      MemorySegment regions = arena.allocate(DoctorAbi.PAGE_REGION);
      MemorySegment scan = arena.allocate(DoctorAbi.SCAN_ARG);
      set(scan, "size", scan.byteSize());
      set(scan, "start", page.address());
      set(scan, "end", page.address() + PAGE);
      set(scan, "vec", regions.address());
      set(scan, "vec_len", 1);
      set(scan, "category_mask", DoctorAbi.PAGE_IS_PRESENT);
      set(scan, "return_mask", DoctorAbi.PAGE_IS_PRESENT);
      Descriptors.ioctl(
          pagemap.fd(), Integer.toUnsignedLong(DoctorAbi.PAGEMAP_SCAN), scan.address());
      return "";
    }
  }

  private static void set(MemorySegment scan, String member, long value) {
    scan.set(JAVA_LONG, FileAbi.offset(DoctorAbi.SCAN_ARG, member), value);
  }

  /** A page that is there: it was written. */
  private static MemorySegment page(Arena arena) {
    MemorySegment page = arena.allocate(2 * PAGE, PAGE);
    page.set(JAVA_BYTE, 0, (byte) 1);
    return page;
  }

  /** Bit 55 is set for every page that was written since the mapping began. */
  private static String softDirty() throws Probe.Missing {
    try (Arena arena = Arena.ofConfined();
        OwnedFd pagemap = OwnedFd.of(Descriptors.open("/proc/self/pagemap", FileAbi.O_RDONLY))) {
      ByteBuffer entry = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
      Descriptors.read(pagemap.fd(), entry, page(arena).address() / PAGE * 8);
      boolean dirty = (entry.getLong(0) >>> 55 & 1) != 0;
      return Probe.expect(dirty, dirty ? "" : "a page that was written is not marked");
    }
  }

  /** UFFDIO_API tells which features there are. */
  private static long faultFeatures() {
    try (OwnedFd fault =
        OwnedFd.of(
            new Fd(
                (int)
                    LinuxException.check(
                        Kernel.call(Syscall.USERFAULTFD, FileAbi.O_CLOEXEC),
                        Syscall.USERFAULTFD,
                        "")))) {
      byte[] api = new byte[(int) DoctorAbi.UFFDIO_API_ARG.byteSize()];
      ByteBuffer view = ByteBuffer.wrap(api).order(ByteOrder.nativeOrder());
      view.putLong(0, DoctorAbi.UFFD_API);
      Descriptors.ioctl(fault.fd(), Integer.toUnsignedLong(DoctorAbi.UFFDIO_API), api);
      return view.getLong(8);
    }
  }

  private static String faultFeature(int bit) throws Probe.Missing {
    long features = faultFeatures();
    boolean there = (features & bit) != 0;
    return Probe.expect(there, there ? "" : "features 0x" + Long.toHexString(features));
  }

  private static String unprivilegedFaults() throws Probe.Missing {
    String setting = ProcFs.host().setting("vm.unprivileged_userfaultfd");
    return Probe.expect(setting.equals("1"), "vm.unprivileged_userfaultfd is " + setting);
  }

  private static String seccomp() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment action = arena.allocateFrom(JAVA_INT, DoctorAbi.SECCOMP_RET_ERRNO);
      LinuxException.check(
          Kernel.call(Syscall.SECCOMP, DoctorAbi.SECCOMP_GET_ACTION_AVAIL, 0, action.address()),
          Syscall.SECCOMP,
          "SECCOMP_RET_ERRNO");
      return "";
    }
  }

  private static String ioUring() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment parameters = arena.allocate(DoctorAbi.IO_URING_PARAMS_BYTES, 8);
      long fd = Kernel.call(Syscall.IO_URING_SETUP, 1, parameters.address());
      LinuxException.check(fd, Syscall.IO_URING_SETUP, "1 entry");
      Descriptors.close(new Fd((int) fd));
      return "";
    }
  }

  private static long prctlNumber(boolean mapSize) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      if (mapSize) {
        Prctl.call(TaskAbi.PR_SET_MM, TaskAbi.PR_SET_MM_MAP_SIZE, out.address(), 0, 0);
        return out.get(JAVA_INT, 0);
      }
      return Prctl.call(TaskAbi.PR_GET_TID_ADDRESS, out.address(), 0, 0, 0);
    }
  }
}

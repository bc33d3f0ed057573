package io.godwit.engine.refusal;

import io.godwit.core.Pid;
import io.godwit.linux.proc.MemoryMapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What an address space may not hold. */
final class MemoryRules {
  private MemoryRules() {}

  static List<Refusal> check(TreeSurvey tree) {
    List<Refusal> found = new ArrayList<>();
    for (ProcessSurvey process : tree.processes()) {
      for (MemoryMapping mapping : process.mappings()) {
        check(tree, process, mapping).ifPresent(found::add);
      }
    }
    return found;
  }

  private static Optional<Refusal> check(
      TreeSurvey tree, ProcessSurvey process, MemoryMapping mapping) {
    String where = mapping.range().toString();
    String path = mapping.path();
    if (mapping.isVdso() || mapping.isVvar()) {
      return Optional.empty();
    }
    if (path.startsWith("/[aio]")) {
      return refuse(
          process,
          RefusalCode.AIO,
          "it uses kernel asynchronous I/O (a ring at " + where + ")",
          "requests in flight belong to this machine's kernel",
          "let the program do without io_setup(2): most databases have an option for it");
    }
    if (path.startsWith("anon_inode:[io_uring]")) {
      return refuse(
          process,
          RefusalCode.IO_URING,
          "it maps an io_uring ring at " + where,
          DescriptorRules.RING_WHY,
          DescriptorRules.RING_ADVICE);
    }
    if (path.startsWith("anon_inode:[perf_event]")) {
      return refuse(
          process,
          RefusalCode.PERF_EVENT,
          "it maps a performance event buffer at " + where,
          "the counters are of this machine's processors",
          "end the profiler");
    }
    if (path.startsWith("/secretmem")) {
      return refuse(
          process,
          RefusalCode.SECRET_MEMORY,
          "it holds secret memory (memfd_secret) at " + where,
          "the kernel lets nobody else read it",
          "turn memfd_secret off in the program");
    }
    if (mapping.isSystemVSegment() && !tree.ipc().own()) {
      return refuse(
          process,
          RefusalCode.SYSTEM_V_SHARED_MEMORY,
          "it has System V shared memory segment " + mapping.inode() + " attached at " + where,
          IpcRules.MACHINE_WHY,
          IpcRules.MACHINE_ADVICE);
    }
    if (path.startsWith("/anon_hugepage") || process.hugeDevices().contains(mapping.device())) {
      return refuse(
          process,
          RefusalCode.HUGE_PAGES,
          "it has huge pages (hugetlbfs) mapped at " + where,
          "pages of hugetlbfs are reserved on this machine and are not carried yet",
          "let the program use transparent huge pages: madvise(MADV_HUGEPAGE)");
    }
    if (isDevice(path)) {
      return refuse(
          process,
          RefusalCode.DEVICE_MAPPING,
          "it maps a device at " + where + (path.isEmpty() ? "" : " (" + path + ")"),
          "memory of a device stays in this machine",
          "let the program close the device, or do its work without it");
    }
    return sharedOutside(tree, process, mapping);
  }

  /** Files of /dev that are memory or files of a tmpfs; all others are devices. */
  private static boolean isDevice(String path) {
    return path.startsWith("/dev/")
        && !path.startsWith("/dev/zero")
        && !path.startsWith("/dev/shm/");
  }

  private static Optional<Refusal> sharedOutside(
      TreeSurvey tree, ProcessSurvey process, MemoryMapping mapping) {
    if (!mapping.shared() || mapping.inode() == 0) {
      return Optional.empty();
    }
    Optional<Pid> other = tree.outside(process.memoryName(mapping));
    return other.flatMap(
        pid ->
            refuse(
                process,
                RefusalCode.SHARED_MEMORY_OUTSIDE,
                "it shares memory at "
                    + mapping.range()
                    + (mapping.path().isEmpty() ? "" : " (" + mapping.path() + ")")
                    + " with process "
                    + pid,
                "process " + pid + " is not in the tree and would stay behind",
                "name the process that started both, so that they move together"));
  }

  private static Optional<Refusal> refuse(
      ProcessSurvey process, RefusalCode code, String resource, String why, String advice) {
    return Optional.of(process.refuse(code, resource, why, advice));
  }
}

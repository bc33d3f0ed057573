package io.godwit.linux.doctor;

import io.godwit.linux.Descriptors;
import io.godwit.linux.LinuxException;
import io.godwit.linux.Namespaces;
import io.godwit.linux.abi.DoctorAbi;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.abi.NamespaceAbi;
import io.godwit.linux.cgroup.Cgroup;
import io.godwit.linux.proc.CpuInfo;
import io.godwit.linux.proc.KernelVersion;
import io.godwit.linux.proc.MountInfo;
import io.godwit.linux.proc.ProcFs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Probes of the machine: version, namespaces, control groups, capabilities, processor, room. */
final class MachineProbes {
  /** Below this a node refuses processes. */
  static final long MIN_MEMORY = 256L << 20;

  static final long MIN_DISK = 1L << 30;

  private static final ProcFs PROC = ProcFs.host();

  private MachineProbes() {}

  static void addTo(Map<Feature, Probe> probes) {
    probes.put(Feature.KERNEL, MachineProbes::kernel);
    probes.put(Feature.PTRACE_SCOPE, MachineProbes::ptraceScope);
    namespace(probes, Feature.MOUNT_NAMESPACE, NamespaceAbi.CLONE_NEWNS);
    namespace(probes, Feature.PID_NAMESPACE, NamespaceAbi.CLONE_NEWPID);
    namespace(probes, Feature.TIME_NAMESPACE, NamespaceAbi.CLONE_NEWTIME);
    namespace(probes, Feature.NETWORK_NAMESPACE, NamespaceAbi.CLONE_NEWNET);
    namespace(probes, Feature.UTS_NAMESPACE, NamespaceAbi.CLONE_NEWUTS);
    namespace(probes, Feature.IPC_NAMESPACE, NamespaceAbi.CLONE_NEWIPC);
    namespace(probes, Feature.CGROUP_NAMESPACE, NamespaceAbi.CLONE_NEWCGROUP);
    probes.put(Feature.CGROUP2_FREEZE, MachineProbes::cgroup2);
    probes.put(Feature.CGROUP1, MachineProbes::cgroup1);
    probes.put(
        Feature.PSI, () -> "cpu some avg10 " + PROC.pressure("cpu").some().average10() + " %");
    probes.put(
        Feature.FUSE,
        () -> {
          Descriptors.close(Descriptors.open("/dev/fuse", FileAbi.O_RDWR));
          return "";
        });
    probes.put(Feature.TIMER_LIST, () -> PROC.timerList().timers().size() + " timers");
    capability(probes, Feature.CAP_SYS_PTRACE, DoctorAbi.CAP_SYS_PTRACE);
    capability(probes, Feature.CAP_SYS_ADMIN, DoctorAbi.CAP_SYS_ADMIN);
    capability(probes, Feature.CAP_CHECKPOINT_RESTORE, DoctorAbi.CAP_CHECKPOINT_RESTORE);
    capability(probes, Feature.CAP_NET_ADMIN, DoctorAbi.CAP_NET_ADMIN);
    capability(probes, Feature.CAP_SYS_RESOURCE, DoctorAbi.CAP_SYS_RESOURCE);
    probes.put(Feature.BTF, () -> Descriptors.status("/sys/kernel/btf/vmlinux").size() + " bytes");
    probes.put(Feature.MEMORY, MachineProbes::memory);
    probes.put(Feature.DISK, MachineProbes::disk);
    probes.put(Feature.AVX, () -> processor("avx", "avx2"));
    probes.put(Feature.AVX512, () -> processor("avx512f"));
    probes.put(Feature.SHADOW_STACKS, () -> processor("user_shstk"));
  }

  private static String kernel() throws Probe.Missing {
    KernelVersion version = PROC.version();
    return Probe.expect(version.isAtLeast(5, 14), version.release());
  }

  private static String ptraceScope() throws Probe.Missing {
    try {
      int scope = Integer.parseInt(PROC.setting("kernel.yama.ptrace_scope"));
      boolean held = holds(DoctorAbi.CAP_SYS_PTRACE);
      // 1: children only, 2: with the capability, 3: nobody.
      return Probe.expect(scope == 0 || (scope < 3 && held), "scope " + scope);
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT)) {
        return "no Yama";
      }
      throw e;
    }
  }

  private static void namespace(Map<Feature, Probe> probes, Feature feature, int flag) {
    probes.put(feature, () -> Namespaces.onOwnThread(flag, () -> ""));
  }

  private static String cgroup2() throws Probe.Missing {
    Cgroup root = Cgroup.root().orElseThrow(() -> new Probe.Missing("not mounted"));
    Cgroup group =
        root.create("godwit-doctor-" + ProcessHandle.current().pid() + "-" + System.nanoTime());
    try {
      group.freeze();
      group.thaw();
      group.kill(); // an empty group: nobody is killed
    } finally {
      group.remove();
    }
    return root.path();
  }

  private static String cgroup1() throws Probe.Missing {
    Set<String> controllers = new TreeSet<>();
    for (MountInfo mount : PROC.self().mountInfo()) {
      if (mount.type().equals("cgroup")) {
        controllers.addAll(mount.superOptions());
      }
    }
    controllers.removeAll(Set.of("rw", "ro"));
    return Probe.expect(
        !controllers.isEmpty(),
        controllers.isEmpty() ? "none is mounted" : String.join(", ", controllers));
  }

  private static void capability(Map<Feature, Probe> probes, Feature feature, int number) {
    probes.put(
        feature,
        () -> Probe.expect(holds(number), holds(number) ? "" : "not in the effective set"));
  }

  private static boolean holds(int capability) {
    return (PROC.currentThread().status().capabilities().effective() >>> capability & 1) != 0;
  }

  private static String memory() throws Probe.Missing {
    long available = PROC.memInfo().availableBytes();
    return Probe.expect(available >= MIN_MEMORY, (available >> 20) + " MiB");
  }

  private static String disk() throws Probe.Missing, IOException {
    Path directory = Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
    long free = Files.getFileStore(directory).getUsableSpace();
    return Probe.expect(free >= MIN_DISK, (free >> 20) + " MiB in " + directory);
  }

  private static String processor(String... flags) throws Probe.Missing {
    CpuInfo first = PROC.cpuInfo().getFirst();
    Set<String> found = new TreeSet<>(Set.of(flags));
    found.retainAll(first.flags());
    return Probe.expect(
        found.contains(flags[0]),
        found.isEmpty() ? "not on " + first.modelName() : String.join(", ", found));
  }
}

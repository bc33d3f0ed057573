package io.godwit.linux.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.core.Pid;
import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.Resource;
import io.godwit.linux.abi.Architecture;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.abi.Syscall;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads this machine and this very process, whose facts Java knows by other ways. */
class ProcLiveTest {
  private static final ProcFs PROC = ProcFs.host();
  private static final ProcTask SELF = PROC.self();

  @Test
  void knowsItself() {
    int pid = (int) ProcessHandle.current().pid();
    assertThat(SELF.stat().pid()).isEqualTo(pid);
    assertThat(SELF.stat().comm()).isEqualTo(SELF.comm());
    TaskStatus status = SELF.status();
    assertThat(status.threadGroup()).isEqualTo(pid);
    assertThat(status.processIds().getLast()).isPositive();
    assertThat(status.parent()).isEqualTo(SELF.stat().parent());
    assertThat(status.kib("VmRSS")).isPositive();
    assertThat(SELF.threads()).contains(new Pid(pid).mainThread());
    assertThat(SELF.commandLine().getFirst()).contains("java");
    assertThat(SELF.environment()).allMatch(s -> s.contains("="));
    assertThat(SELF.executable()).endsWith("/java");
    assertThat(SELF.workingDirectory()).isEqualTo(System.getProperty("user.dir"));
    assertThat(SELF.root()).isEqualTo("/");
  }

  @Test
  void theMainThreadIsTheFirstEvenIfItsNumberIsNotTheLowest(@TempDir Path proc) throws Exception {
    for (int tid : new int[] {301, 32766, 300}) {
      Files.createDirectories(proc.resolve("32766/task/" + tid));
    }
    assertThat(new ProcFs(proc.toString()).process(new Pid(32766)).threads())
        .extracting(tid -> tid.number())
        .containsExactly(32766, 300, 301);
  }

  @Test
  void everyProcessOfTheMachineParses() {
    int read = 0;
    for (Pid pid : PROC.processes()) {
      ProcTask task = PROC.process(pid);
      try {
        TaskStat stat = task.stat();
        assertThat(stat.pid()).isEqualTo(pid.number());
        task.status();
        task.limits();
        task.cgroups();
        task.maps();
        task.auxVector();
        for (Fd fd : task.descriptors()) {
          task.link(fd);
          task.fdInfo(fd);
        }
        read++;
      } catch (LinuxException e) {
        // Processes come and go; what may not be read depends on who runs the test.
        assertThat(e.errno())
            .isIn(
                Errno.ENOENT.number(),
                Errno.ESRCH.number(),
                Errno.EACCES.number(),
                Errno.EPERM.number());
      }
    }
    assertThat(read).isPositive();
  }

  @Test
  void mapsAndSmapsAgreeOnFiles() {
    List<String> libraries =
        SELF.maps().stream()
            .filter(MemoryMapping::isFile)
            .map(MemoryMapping::livePath)
            .distinct()
            .toList();
    assertThat(libraries).anyMatch(p -> p.endsWith("/libjvm.so"));
    assertThat(SELF.smaps())
        .anyMatch(e -> e.mapping().path().endsWith("/libjvm.so") && e.kib("Size") > 0);
    assertThat(SELF.smaps()).anyMatch(e -> e.has("rd") && e.has("mr"));
    assertThat(SELF.maps()).anyMatch(MemoryMapping::isVdso);
  }

  @Test
  void describesDescriptors(@TempDir Path dir) throws Exception {
    Path file = dir.resolve("a name with blanks and ü");
    Fd fd = Descriptors.open(file.toString(), FileAbi.O_RDWR | FileAbi.O_CREAT, 0600);
    try {
      Descriptors.writeFully(fd, java.nio.ByteBuffer.wrap(new byte[1234]));
      FdInfo info = SELF.fdInfo(fd);
      assertThat(info.position()).isEqualTo(1234);
      assertThat(info.flags() & FileAbi.O_ACCMODE).isEqualTo(FileAbi.O_RDWR);
      assertThat(info.isCloseOnExec()).isTrue();
      assertThat(info.inode()).isEqualTo(Descriptors.status(fd).inode());
      assertThat(SELF.link(fd)).isEqualTo(new FdLink.Path(file.toString(), file.toString(), false));
      Files.delete(file);
      assertThat(((FdLink.Path) SELF.link(fd)).deleted()).isTrue();
      assertThat(SELF.descriptors()).contains(fd);
    } finally {
      Descriptors.close(fd);
    }
    assertThatThrownBy(() -> SELF.link(fd))
        .isInstanceOfSatisfying(LinuxException.class, e -> assertThat(e.is(Errno.ENOENT)).isTrue());
  }

  @Test
  void mountsAndNamespaces() {
    assertThat(SELF.mountInfo()).anyMatch(m -> m.mountPoint().equals("/"));
    assertThat(SELF.mountInfo()).anyMatch(m -> m.type().equals("proc"));
    assertThat(SELF.namespaces().get("net").kind()).isEqualTo("net");
    assertThat(SELF.namespaces().get("pid").inode()).isPositive();
    assertThat(SELF.cgroups()).isNotEmpty();
    assertThat(SELF.uidMap()).isNotEmpty();
    assertThat(SELF.gidMap()).isNotEmpty();
  }

  @Test
  void smallFilesOfATask() {
    assertThat(SELF.limits().of(Resource.OPEN_FILES).soft()).isPositive();
    assertThat(SELF.auxVector().get(AuxVector.PAGE_SIZE)).isEqualTo(4096);
    assertThat(SELF.oomScoreAdjustment()).isBetween(-1000, 1000);
    assertThat(SELF.personality()).isGreaterThanOrEqualTo(0);
    assertThat(SELF.schedStat().runNanos()).isPositive();
    assertThat(SELF.timers()).isNotNull();
    assertThat(SELF.timeOffsets().boottimeNanos()).isGreaterThan(Long.MIN_VALUE);
    // A thread that reads about itself is in read(2).
    assertThat(PROC.currentThread().syscall())
        .isInstanceOfSatisfying(
            CurrentSyscall.Inside.class,
            inside ->
                assertThat(inside.number()).isEqualTo(Architecture.current().number(Syscall.READ)));
    // The main thread of the launcher waits for the thread that runs main().
    ProcTask main = SELF.thread(new Pid(SELF.stat().pid()).mainThread());
    assertThat(main.syscall()).isInstanceOf(CurrentSyscall.class);
    assumeTrue(Files.exists(Path.of("/proc/self/sched")), "the kernel has no /proc/PID/sched");
    SchedInfo sched = main.sched();
    assertThat(sched.execStartNanos()).isPositive();
    assertThat(sched.runtimeNanos()).isPositive();
  }

  @Test
  void childrenAreFound() throws Exception {
    Process child = new ProcessBuilder("sleep", "60").start();
    try {
      assertThat(SELF.children()).contains(new Pid((int) child.pid()));
      assertThat(PROC.processes()).contains(new Pid((int) child.pid()));
    } finally {
      child.destroyForcibly().waitFor();
    }
    assertThat(PROC.process(new Pid((int) child.pid())).exists()).isFalse();
  }

  @Test
  void filesOfTheMachine() {
    assertThat(PROC.memInfo().totalBytes()).isGreaterThan(PROC.memInfo().freeBytes());
    assertThat(PROC.memInfo().availableBytes()).isPositive();
    assertThat(PROC.loadAverage().tasks()).isPositive();
    assertThat(PROC.cpuInfo()).hasSizeGreaterThanOrEqualTo(1);
    assertThat(PROC.cpuInfo().getFirst().flags()).contains("sse2");
    assertThat(PROC.stat().total().total()).isPositive();
    assertThat(PROC.stat().processors()).hasSize(PROC.cpuInfo().size());
    assertThat(PROC.diskStats()).isNotNull();
    assertThat(PROC.locks()).isNotNull();
    assertThat(PROC.uptime().seconds()).isPositive();
    assertThat(PROC.version().release()).isEqualTo(System.getProperty("os.version"));
    assertThat(PROC.setting("kernel.osrelease")).isEqualTo(System.getProperty("os.version"));
    assertThat(SELF.netDevices()).anyMatch(d -> d.name().equals("lo"));
    assertThat(PROC.sharedMemory()).isNotNull();
    assertThat(PROC.semaphores()).isNotNull();
    assertThat(PROC.messageQueues()).isNotNull();
  }

  @Test
  void timerListHoldsARunningSleep() {
    assumeTrue(Files.isReadable(Path.of("/proc/timer_list")), "timer_list is for root alone");
    TimerList list = PROC.timerList();
    assertThat(list.nowNanos()).isPositive();
    assertThat(list.timers()).anyMatch(t -> t.function().equals("hrtimer_wakeup"));
    assertThat(list.timers()).allMatch(t -> t.softExpires() <= t.hardExpires());
  }

  @Test
  void pressureWherePresent() {
    assumeTrue(Files.exists(Path.of("/proc/pressure/cpu")), "the kernel has no PSI");
    for (String resource : List.of("cpu", "memory", "io")) {
      assertThat(PROC.pressure(resource).some().average10()).isBetween(0.0, 100.0);
    }
  }

  @Test
  void socketTables() throws Exception {
    try (var server = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      List<InetSocketEntry> all = new java.util.ArrayList<>(SELF.inetSockets("tcp"));
      if (Files.exists(Path.of("/proc/net/tcp6"))) {
        all.addAll(SELF.inetSockets("tcp6"));
      }
      assertThat(all)
          .anyMatch(
              e ->
                  e.state() == InetSocketEntry.LISTEN
                      && e.local().getPort() == server.getLocalPort());
    }
    assertThat(SELF.unixSockets()).isNotNull();
  }

  @Test
  void aGoneProcessIsAnErrnoNotAParseError() throws Exception {
    Process child = new ProcessBuilder("true").start();
    child.waitFor();
    ProcTask gone = PROC.process(new Pid((int) child.pid()));
    assertThatThrownBy(gone::maps)
        .isInstanceOfSatisfying(LinuxException.class, e -> assertThat(e.is(Errno.ENOENT)).isTrue());
  }
}

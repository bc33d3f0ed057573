package io.godwit.node.pod;

import io.godwit.linux.Scheduling;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.launch.CallScript;
import io.godwit.linux.launch.CallScript.Step;
import io.godwit.linux.launch.FdCalls;
import io.godwit.linux.launch.TerminalCalls;
import io.godwit.linux.launch.TerminalCalls.WindowSize;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes the script that turns a fresh process into a pod. Three processes walk it: the launcher
 * makes the namespaces and forks the init as a child of the daemon; the init mounts and forks the
 * program; the program's process takes its streams, its user and its directory and executes.
 */
final class PodScript {
  /** What the launcher reports instead of a failed step: the init's number. */
  static final int INIT_STARTED = -1;

  /** What the program's process reports when everything is made and it waits for the word. */
  static final int READY = -2;

  /** The init forks nothing before the program's process, so the program is number 2. */
  static final int MAIN_POD_PID = 2;

  private static final long CLONE_NEWTIME = 0x80;
  private static final long CLONE_PARENT = 0x8000;
  private static final long CLONE_NEWNS = 0x20000;
  private static final long CLONE_NEWUTS = 0x4000000;
  private static final long CLONE_NEWIPC = 0x8000000;
  private static final long CLONE_NEWPID = 0x20000000;
  private static final long CLONE_NEWNET = 0x40000000;
  private static final long SIGCHLD = 17;
  private static final long MS_NOSUID_NODEV_NOEXEC = 2 | 4 | 8;
  private static final long MS_NOSUID_NODEV = 2 | 4;
  private static final long MS_REC_PRIVATE = 0x4000 | 0x40000;
  private static final long MS_NOSUID_NOEXEC = 2 | 8;
  private static final int AT_FDCWD = -100;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int F_SETFD = 2;
  private static final int FD_CLOEXEC = 1;
  private static final int SIG_SETMASK = 2;
  private static final int SIGNALS = 64;
  private static final int SIGKILL = 9;
  private static final int SIGSTOP = 19;
  private static final int PR_SET_NAME = 15;
  private static final int SIOCSIFFLAGS = 0x8914;
  private static final int IFREQ_BYTES = 40;
  private static final int IFF_UP_RUNNING = 0x41;
  private static final int TTY_GROUP = 5;
  private static final int RLIMIT_NOFILE = 7;
  private static final long ALL = 0xffff_ffffL;

  /** An address of a script's process where nothing is. */
  private static final long NOTHING_MAPPED = 0x4000_0000L;

  /** 0 to 5 are in use, so whatever is opened after the cgroup was closed gets its number. */
  private static final int FREE = InitDescriptors.CGROUP.number();

  private final PodSpec spec;
  private final CallScript script = new CallScript(InitDescriptors.STATUS);
  private final long null0 = script.string("none");
  private int execStep = -1;
  private int directoryStep = -1;

  PodScript(PodSpec spec) {
    this.spec = spec;
    launcher();
    init();
  }

  CallScript script() {
    return script;
  }

  /** Whether the step that failed was the execve of the program. */
  boolean isExec(int step) {
    return step == execStep;
  }

  /** Whether the step that failed was entering the working directory. */
  boolean isDirectory(int step) {
    return step == directoryStep;
  }

  private void launcher() {
    script.call("block signals", Syscall.RT_SIGPROCMASK, SIG_SETMASK, script.allSignals(), 0, 8);
    script.call("take the usual priority", Syscall.SETPRIORITY, 0, 0, Scheduling.usualNice());
    closeFrom(InitDescriptors.BEYOND);
    script.call("guard the status", Syscall.FCNTL, InitDescriptors.STATUS.number(), F_SETFD, 1);
    defaultActions();
    long zero = script.bytes(new byte[] {'0'});
    script.call("enter the pod's cgroup", Syscall.WRITE, InitDescriptors.CGROUP.number(), zero, 1);
    script.call("close the cgroup", Syscall.CLOSE, InitDescriptors.CGROUP.number());
    script.call("leave the daemon's session", Syscall.SETSID);
    long namespaces = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID;
    namespaces |= spec.network() ? CLONE_NEWNET : 0;
    script.call("make the pod's namespaces", Syscall.UNSHARE, namespaces);
    timeNamespace();
    Step fork = script.fork("fork the pod's init", CLONE_PARENT | SIGCHLD);
    long started = script.bytes(littleEndian(INIT_STARTED, 0));
    script.store(fork, started + 4);
    script.call("name the init", Syscall.WRITE, InitDescriptors.STATUS.number(), started, 8);
    script.call("end the launcher", Syscall.EXIT_GROUP, 0);
    script.child(fork);
  }

  /** The daemon may have been started with signals ignored; a program starts with none. */
  private void defaultActions() {
    long action = script.bytes(new byte[32]);
    for (int signal = 1; signal <= SIGNALS; signal++) {
      if (signal != SIGKILL && signal != SIGSTOP) {
        script.call("reset signal " + signal, Syscall.RT_SIGACTION, signal, action, 0, 8);
      }
    }
  }

  private void timeNamespace() {
    script.call("make the pod's time namespace", Syscall.UNSHARE, CLONE_NEWTIME);
    String offsets = spec.clocks().toFileFormat();
    long path = script.string("/proc/self/timens_offsets");
    script.call("open the clock offsets", Syscall.OPENAT, AT_FDCWD, path, FdCalls.O_WRONLY);
    script.call(
        "set the pod's clocks", Syscall.WRITE, FREE, script.string(offsets), offsets.length());
    script.call("close the clock offsets", Syscall.CLOSE, FREE);
  }

  private void init() {
    script.call("make mounts private", Syscall.MOUNT, null0, script.string("/"), 0, MS_REC_PRIVATE);
    mount("proc", "/proc", MS_NOSUID_NODEV_NOEXEC, "");
    if (Files.isDirectory(Path.of("/dev/pts"))) {
      mount("devpts", "/dev/pts", MS_NOSUID_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5");
    }
    if (Files.isDirectory(Path.of("/dev/shm"))) {
      mount("tmpfs", "/dev/shm", MS_NOSUID_NODEV, "mode=1777");
    }
    if (Files.isDirectory(Path.of("/dev/mqueue"))) {
      mount("mqueue", "/dev/mqueue", MS_NOSUID_NODEV_NOEXEC, "");
    }
    long name = script.string(spec.hostname());
    int length = spec.hostname().getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
    script.call("set the hostname", Syscall.SETHOSTNAME, name, length);
    if (spec.network()) {
      loopback();
    }
    if (spec.console() instanceof PodSpec.Console.Terminal terminal) {
      master(terminal.size());
    }
    script.call("leave the directory", Syscall.CHDIR, script.string("/"));
    script.attempt("name the init", Syscall.PRCTL, PR_SET_NAME, script.string("godwit-init"));
    Step fork;
    if (spec.start() instanceof PodSpec.Seed seed) {
      fork = script.forkAs("fork the seed", seed.podPid(), (int) SIGCHLD);
      script.mainPid(seed.mainPodPid());
    } else {
      fork = script.fork("fork the program's process", SIGCHLD);
      script.storeMainPid(fork);
    }
    closeRange(InitDescriptors.STATUS.number(), InitDescriptors.STATUS.number());
    closeRange(InitDescriptors.INPUT_READ.number(), InitDescriptors.INPUT_READ.number());
    closeRange(InitDescriptors.OUTPUT_WRITE.number(), InitDescriptors.OUTPUT_WRITE.number());
    closeRange(InitDescriptors.ERROR_WRITE.number(), InitDescriptors.SEED.number());
    closeRange(InitDescriptors.GO.number(), InitDescriptors.PASSED.number());
    script.becomeInit(InitDescriptors.REPORT_WRITE, InitDescriptors.REPORT_READ);
    script.child(fork);
    awaitTheWord();
    switch (spec.start()) {
      case PodSpec.Program program -> program(program);
      case PodSpec.Seed seed -> seed(seed);
    }
  }

  /**
   * Nothing runs before the daemon has what it needs of the init and has recorded the pod. A daemon
   * that dies before it gives the word leaves an end of file, and unmapping nothing fails.
   */
  private void awaitTheWord() {
    long ready = script.bytes(littleEndian(READY, 0));
    script.call("say that all is ready", Syscall.WRITE, InitDescriptors.STATUS.number(), ready, 8);
    long word = script.bytes(new byte[1]);
    Step read =
        script.call("wait for the daemon", Syscall.READ, InitDescriptors.GO.number(), word, 1);
    script.store(read, script.next().argument(1));
    script.call("get the word of the daemon", Syscall.MUNMAP, NOTHING_MAPPED, 0);
  }

  private void loopback() {
    ByteBuffer request = ByteBuffer.allocate(IFREQ_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    request.put(new byte[] {'l', 'o'}).putShort(16, (short) IFF_UP_RUNNING);
    script.call("open a socket", Syscall.SOCKET, 2, 2, 0);
    script.call(
        "bring up the loopback interface",
        Syscall.IOCTL,
        FREE,
        SIOCSIFFLAGS,
        script.bytes(request.array()));
    script.call("close the socket", Syscall.CLOSE, FREE);
  }

  private void master(WindowSize size) {
    int master = InitDescriptors.MASTER.number();
    script.call(
        "open a terminal",
        Syscall.OPENAT,
        AT_FDCWD,
        script.string("/dev/pts/ptmx"),
        FdCalls.O_RDWR | FdCalls.O_NOCTTY);
    script.call("keep the terminal", Syscall.DUP2, FREE, master);
    script.call("close the first descriptor", Syscall.CLOSE, FREE);
    script.call(
        "unlock the terminal",
        Syscall.IOCTL,
        master,
        Integer.toUnsignedLong(TerminalCalls.TIOCSPTLCK),
        script.bytes(new byte[4]));
    script.call(
        "set the window size",
        Syscall.IOCTL,
        master,
        TerminalCalls.TIOCSWINSZ,
        script.bytes(TerminalCalls.encode(size)));
  }

  private void program(PodSpec.Program program) {
    script.call("start a session", Syscall.SETSID);
    if (spec.console() instanceof PodSpec.Console.Terminal) {
      controllingTerminal(program.owner());
    } else {
      script.call("connect the input", Syscall.DUP2, InitDescriptors.INPUT_READ.number(), 0);
      script.call("connect the output", Syscall.DUP2, InitDescriptors.OUTPUT_WRITE.number(), 1);
      script.call("connect the errors", Syscall.DUP2, InitDescriptors.ERROR_WRITE.number(), 2);
    }
    closeFrom(InitDescriptors.STATUS.number() + 1);
    limits(program.limits());
    script.call("set the umask", Syscall.UMASK, program.umask());
    owner(program.owner());
    directoryStep =
        script
            .call("enter " + program.directory(), Syscall.CHDIR, script.string(program.directory()))
            .index();
    script.call("unblock signals", Syscall.RT_SIGPROCMASK, SIG_SETMASK, script.noSignals(), 0, 8);
    execStep =
        script
            .call(
                "execute " + program.file(),
                Syscall.EXECVE,
                script.string(program.file()),
                script.strings(program.arguments()),
                script.strings(program.environment()))
            .index();
  }

  private void controllingTerminal(PodSpec.Owner owner) {
    long slave = script.string("/dev/pts/0");
    script.attempt(
        "give the terminal to its user",
        Syscall.FCHOWNAT,
        AT_FDCWD,
        slave,
        owner.uid(),
        TTY_GROUP,
        0);
    script.call("close the standard input", Syscall.CLOSE, 0);
    script.call("open the terminal", Syscall.OPENAT, AT_FDCWD, slave, FdCalls.O_RDWR);
    script.attempt("control the terminal", Syscall.IOCTL, 0, TerminalCalls.TIOCSCTTY, 0);
    script.call("connect the output", Syscall.DUP2, 0, 1);
    script.call("connect the errors", Syscall.DUP2, 0, 2);
  }

  private void limits(List<PodSpec.ResourceLimit> limits) {
    boolean files = false;
    for (PodSpec.ResourceLimit limit : limits) {
      files |= limit.resource() == RLIMIT_NOFILE;
      long value = script.bytes(littleEndian(limit.soft(), limit.hard()));
      script.attempt("set a limit", Syscall.PRLIMIT64, 0, limit.resource(), value, 0);
    }
    if (!files) {
      // A virtual machine raises its own soft limit to the hard one; programs expect the usual.
      long hard = PodLimits.hardOpenFiles();
      long value = script.bytes(littleEndian(Math.min(PodLimits.USUAL_OPEN_FILES, hard), hard));
      script.attempt("set the limit of files", Syscall.PRLIMIT64, 0, RLIMIT_NOFILE, value, 0);
    }
  }

  private void owner(PodSpec.Owner owner) {
    ByteBuffer groups =
        ByteBuffer.allocate(4 * Math.max(1, owner.groups().size())).order(ByteOrder.LITTLE_ENDIAN);
    owner.groups().forEach(groups::putInt);
    script.call(
        "set the groups", Syscall.SETGROUPS, owner.groups().size(), script.bytes(groups.array()));
    script.call("set the group", Syscall.SETRESGID, owner.gid(), owner.gid(), owner.gid());
    script.call("set the user", Syscall.SETRESUID, owner.uid(), owner.uid(), owner.uid());
  }

  private void seed(PodSpec.Seed seed) {
    int elf = InitDescriptors.SEED.number();
    script.call("guard the seed", Syscall.FCNTL, elf, F_SETFD, FD_CLOEXEC);
    closeRange(0, InitDescriptors.STATUS.number() - 1);
    closeRange(InitDescriptors.STATUS.number() + 1, elf - 1);
    if (seed.passed().isPresent()) {
      int number = seed.passed().get().number();
      script.call("place the seed's own", Syscall.DUP2, InitDescriptors.PASSED.number(), number);
      closeRange(elf + 1, number - 1);
      closeFrom(number + 1);
    } else {
      closeFrom(elf + 1);
    }
    script.call("unblock signals", Syscall.RT_SIGPROCMASK, SIG_SETMASK, script.noSignals(), 0, 8);
    execStep =
        script
            .call(
                "execute the seed",
                Syscall.EXECVEAT,
                elf,
                script.string(""),
                script.strings(List.of(seed.name())),
                script.strings(List.of()),
                AT_EMPTY_PATH)
            .index();
  }

  private void mount(String type, String where, long flags, String options) {
    script.call(
        "mount " + type + " at " + where,
        Syscall.MOUNT,
        script.string(type),
        script.string(where),
        script.string(type),
        flags,
        script.string(options));
  }

  private void closeFrom(int lowest) {
    script.call("close what is not needed", Syscall.CLOSE_RANGE, lowest, ALL, 0);
  }

  private void closeRange(int from, int to) {
    script.call("close what is not needed", Syscall.CLOSE_RANGE, from, to, 0);
  }

  private static byte[] littleEndian(int first, int second) {
    return ByteBuffer.allocate(8)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(first)
        .putInt(second)
        .array();
  }

  private static byte[] littleEndian(long first, long second) {
    return ByteBuffer.allocate(16)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(first)
        .putLong(second)
        .array();
  }
}

package io.godwit.node.pod;

import io.godwit.core.GodwitException;
import io.godwit.core.Pid;
import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.launch.CallScript;
import io.godwit.linux.launch.FdCalls;
import io.godwit.linux.launch.FdCalls.Pipe;
import io.godwit.linux.launch.ProcessHandles;
import io.godwit.linux.launch.Spawner;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Starts pods: writes the script, spawns it, and reads how it went until the program executes. What
 * fails on the way is named and leaves nothing behind.
 */
final class PodLauncher {
  private final PodSpec spec;
  private final PodCgroup cgroup;
  private final List<Fd> open = new ArrayList<>();
  private final Map<Integer, Fd> passed = new HashMap<>();

  PodLauncher(PodSpec spec, PodCgroup cgroup) {
    this.spec = spec;
    this.cgroup = cgroup;
  }

  /**
   * @param keep is called when all but the program itself is there: it makes the pod of the init,
   *     its pidfd, which becomes the pod's, and the program's ends
   */
  <T> T start(Keeper<T> keep) {
    try {
      return startOrThrow(keep);
    } finally {
      open.forEach(FdCalls::close);
    }
  }

  /** What is done with a pod before its program may run. */
  interface Keeper<T> {
    T keep(Pid init, Fd handle, @Nullable ProgramEnds programEnds);
  }

  private <T> T startOrThrow(Keeper<T> keep) {
    PodScript script = new PodScript(spec);
    Fd nothing = opened(FdCalls.open("/dev/null", FdCalls.O_RDWR));
    passed.putAll(Map.of(0, nothing, 1, nothing, 2, nothing));
    Pipe status = pipe(InitDescriptors.STATUS, null);
    Pipe word = FdCalls.pipe();
    opened(word.read());
    opened(word.write());
    passed.put(InitDescriptors.GO.number(), word.read());
    pipe(InitDescriptors.REPORT_WRITE, InitDescriptors.REPORT_READ);
    FdCalls.nonBlocking(pass(InitDescriptors.REPORT_WRITE), true);
    FdCalls.nonBlocking(pass(InitDescriptors.REPORT_READ), true);
    if (spec.console() instanceof PodSpec.Console.Pipes) {
      pipe(InitDescriptors.INPUT_WRITE, InitDescriptors.INPUT_READ);
      pipe(InitDescriptors.OUTPUT_WRITE, InitDescriptors.OUTPUT_READ);
      pipe(InitDescriptors.ERROR_WRITE, InitDescriptors.ERROR_READ);
    }
    Fd processes = opened(FdCalls.open(cgroup.processes().toString(), FdCalls.O_WRONLY));
    passed.put(InitDescriptors.CGROUP.number(), processes);
    if (spec.start() instanceof PodSpec.Seed seed) {
      passed.put(InitDescriptors.SEED.number(), seed.elf());
      seed.passed().ifPresent(each -> passed.put(InitDescriptors.PASSED.number(), each.fd()));
    }
    Pid launcher = Spawner.spawn(script.script().elf(), "godwit-pod", passed);
    // Ours must be closed, or the end of the stream never comes.
    FdCalls.close(status.write());
    open.remove(status.write());
    StartReports reports = new StartReports(status.read());
    boolean started = false;
    try {
      Pid init = awaitReady(script, reports);
      Fd handle = ProcessHandles.open(init);
      T pod = keep.keep(init, handle, programEnds(init));
      FdCalls.write(word.write(), new byte[] {1}, 0, 1);
      reports.awaitEnd();
      if (reports.failedStep() >= 0) {
        throw failure(script, reports);
      }
      started = true;
      return pod;
    } finally {
      if (!started) {
        cgroup.kill();
        reports.init().ifPresent(PodLauncher::awaitEndOf);
      }
      awaitEndOf(launcher);
    }
  }

  private Pid awaitReady(PodScript script, StartReports reports) {
    boolean ready = reports.awaitReady();
    if (reports.failedStep() >= 0) {
      throw failure(script, reports);
    }
    if (!ready) {
      throw notCreated("it was killed while it started", null);
    }
    return reports
        .init()
        .orElseThrow(
            () -> notCreated("its launcher was killed before it had named the init", null));
  }

  private GodwitException failure(PodScript script, StartReports reports) {
    int offset = reports.failedStep();
    int errno = reports.errno();
    CallScript steps = script.script();
    int step = steps.stepAt(offset);
    Errno error = Errno.of(errno);
    String why = error == null ? "errno " + errno : error.text() + " (" + error + ")";
    if (spec.start() instanceof PodSpec.Program program) {
      if (script.isExec(step)) {
        return programFailure(program, error, why);
      }
      if (script.isDirectory(step)) {
        return new GodwitException(
            PodError.DIRECTORY,
            "the working directory " + program.directory() + " cannot be entered",
            why,
            "name another with --directory or create it");
      }
    }
    return notCreated("it could not " + steps.describe(offset) + ": " + why, null);
  }

  private static GodwitException programFailure(
      PodSpec.Program program, @Nullable Errno error, String why) {
    String what = "the program " + program.file() + " cannot be started";
    return switch (error) {
      case ENOENT, ENOTDIR, ELOOP ->
          new GodwitException(
              PodError.PROGRAM_NOT_FOUND,
              what,
              why + ", or the interpreter that it names is missing",
              "check the path and, for a script, its first line");
      case EACCES, EPERM ->
          new GodwitException(
              PodError.PROGRAM_NOT_PERMITTED,
              what,
              why,
              "give it execute permission (chmod +x), or run it as another user");
      case null, default ->
          new GodwitException(
              PodError.PROGRAM_NOT_EXECUTABLE,
              what,
              why,
              "check that it is a program for this machine; a script needs a first line #!");
    };
  }

  private GodwitException notCreated(String why, @Nullable Exception cause) {
    return new GodwitException(
        PodError.NOT_CREATED,
        "the pod " + spec.id() + " could not be created",
        why,
        "run 'godwit doctor': it says which kernel feature or permission is missing",
        cause);
  }

  private @Nullable ProgramEnds programEnds(Pid init) {
    if (!(spec.start() instanceof PodSpec.Seed)) {
      return null;
    }
    if (spec.console() instanceof PodSpec.Console.Terminal) {
      String slave = "/proc/" + init + "/root/dev/pts/0";
      return new ProgramEnds.Terminal(FdCalls.open(slave, FdCalls.O_RDWR | FdCalls.O_NOCTTY));
    }
    return new ProgramEnds.Pipes(
        keep(InitDescriptors.INPUT_READ),
        keep(InitDescriptors.OUTPUT_WRITE),
        keep(InitDescriptors.ERROR_WRITE));
  }

  private Fd keep(Fd number) {
    Fd fd = pass(number);
    open.remove(fd);
    return fd;
  }

  private Fd pass(Fd number) {
    Fd fd = passed.get(number.number());
    if (fd == null) {
      throw new IllegalStateException("nothing is passed as " + number);
    }
    return fd;
  }

  private Pipe pipe(Fd write, @Nullable Fd read) {
    Pipe pipe = FdCalls.pipe();
    opened(pipe.read());
    opened(pipe.write());
    passed.put(write.number(), pipe.write());
    if (read != null) {
      passed.put(read.number(), pipe.read());
    }
    return pipe;
  }

  private Fd opened(Fd fd) {
    open.add(fd);
    return fd;
  }

  private static void awaitEndOf(Pid child) {
    try {
      Fd handle = ProcessHandles.open(child);
      try {
        ProcessHandles.awaitEnd(handle, PodLimits.END_MILLIS);
      } finally {
        FdCalls.close(handle);
      }
      ProcessHandles.reap(child);
    } catch (LinuxException e) {
      if (!e.is(Errno.ESRCH)) {
        throw e;
      }
    }
  }
}

package io.godwit.node.pod;

import io.godwit.core.GodwitException;
import io.godwit.core.Pid;
import io.godwit.linux.Fd;
import io.godwit.linux.Scheduling;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.launch.CallScript;
import io.godwit.linux.launch.CallScript.Step;
import io.godwit.linux.launch.FdCalls;
import io.godwit.linux.launch.FdCalls.Pipe;
import io.godwit.linux.launch.ProcessHandles;
import io.godwit.linux.launch.Spawner;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Starts a further program in a pod that runs already. It is a child of this process, which reaps
 * it, and it ends with the pod; processes that it leaves behind become the init's.
 */
public final class PodEntry {
  private static final Fd STATUS = new Fd(3);
  private static final int CGROUP = 4;
  private static final int INIT = 5;
  private static final long CLONE_PARENT_SIGCHLD = 0x8000 | 17;
  private static final long CLONE_NEWTIME = 0x80;
  private static final long NAMESPACES =
      CLONE_NEWTIME | 0x20000 | 0x4000000 | 0x8000000 | 0x20000000 | 0x40000000;
  private static final int SIG_SETMASK = 2;
  private static final int F_SETFD = 2;
  private static final int STARTED = -1;
  private static final long ALL = 0xffff_ffffL;

  private PodEntry() {}

  /**
   * @param input becomes standard input; the caller's copies stay open
   * @param output becomes standard output and error
   * @return the new process, as this node numbers it, when it has been executed
   */
  public static Pid start(Pod pod, PodSpec.Program program, Fd input, Fd output) {
    CallScript script = script(program);
    Fd cgroup = FdCalls.open(pod.cgroup().processes().toString(), FdCalls.O_WRONLY);
    Pid launcher;
    byte[] reports;
    try (Pipe status = FdCalls.pipe()) {
      launcher =
          Spawner.spawn(
              script.elf(),
              "godwit-enter",
              Map.of(
                  0,
                  input,
                  1,
                  output,
                  2,
                  output,
                  STATUS.number(),
                  status.write(),
                  CGROUP,
                  cgroup,
                  INIT,
                  pod.initHandle()));
      FdCalls.replace(status.read(), status.write()); // ours no longer holds the stream open
      reports = readAll(status.read());
    } finally {
      FdCalls.close(cgroup);
    }
    reap(launcher);
    return started(script, program, reports);
  }

  private static CallScript script(PodSpec.Program program) {
    CallScript script = new CallScript(STATUS);
    script.call("block signals", Syscall.RT_SIGPROCMASK, SIG_SETMASK, script.allSignals(), 0, 8);
    script.call("take the usual priority", Syscall.SETPRIORITY, 0, 0, Scheduling.usualNice());
    script.call("close what is not needed", Syscall.CLOSE_RANGE, INIT + 1, ALL, 0);
    script.call("guard the status", Syscall.FCNTL, STATUS.number(), F_SETFD, 1);
    long zero = script.bytes(new byte[] {'0'});
    script.call("enter the pod's cgroup", Syscall.WRITE, CGROUP, zero, 1);
    script.call("enter the pod's namespaces", Syscall.SETNS, INIT, NAMESPACES);
    script.call("close what is not needed", Syscall.CLOSE_RANGE, CGROUP, INIT, 0);
    Step fork = script.fork("fork", CLONE_PARENT_SIGCHLD);
    byte[] record = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(STARTED).array();
    long started = script.bytes(record);
    script.store(fork, started + 4);
    script.call("name the process", Syscall.WRITE, STATUS.number(), started, 8);
    script.call("end the launcher", Syscall.EXIT_GROUP, 0);
    script.child(fork);
    script.call("start a session", Syscall.SETSID);
    script.call("set the umask", Syscall.UMASK, program.umask());
    script.call("enter " + program.directory(), Syscall.CHDIR, script.string(program.directory()));
    script.call("unblock signals", Syscall.RT_SIGPROCMASK, SIG_SETMASK, script.noSignals(), 0, 8);
    script.call(
        "execute " + program.file(),
        Syscall.EXECVE,
        script.string(program.file()),
        script.strings(program.arguments()),
        script.strings(program.environment()));
    return script;
  }

  private static byte[] readAll(Fd status) {
    java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
    byte[] chunk = new byte[512];
    int count;
    while ((count = FdCalls.read(status, chunk)) > 0) {
      all.write(chunk, 0, count);
    }
    return all.toByteArray();
  }

  private static void reap(Pid child) {
    Fd handle = ProcessHandles.open(child);
    try {
      ProcessHandles.awaitEnd(handle, PodLimits.START_MILLIS);
      ProcessHandles.reap(child);
    } finally {
      FdCalls.close(handle);
    }
  }

  private static Pid started(CallScript script, PodSpec.Program program, byte[] reports) {
    ByteBuffer in = ByteBuffer.wrap(reports).order(ByteOrder.LITTLE_ENDIAN);
    @Nullable Pid pid = null;
    while (in.remaining() >= 8) {
      int step = in.getInt();
      int value = in.getInt();
      if (step == STARTED) {
        pid = new Pid(value);
      } else {
        if (pid != null) {
          reap(pid);
        }
        Errno error = Errno.of(value);
        throw failed(
            program, "could not " + script.describe(step) + ": " + (error == null ? value : error));
      }
    }
    if (pid == null) {
      throw failed(program, "the process was killed while it started");
    }
    return pid;
  }

  private static GodwitException failed(PodSpec.Program program, String why) {
    return new GodwitException(
        PodError.NOT_CREATED,
        "the program " + program.file() + " was not started in the pod",
        why,
        "check that the pod runs and that the program exists");
  }

  /** A program that does nothing, for a pod whose programs all come later; the caller closes it. */
  public static Fd idleProgram() {
    CallScript script = new CallScript(STATUS);
    script.call("block signals", Syscall.RT_SIGPROCMASK, SIG_SETMASK, script.allSignals(), 0, 8);
    script.attempt("wait for ever", Syscall.PAUSE);
    script.call("end", Syscall.EXIT_GROUP, 0);
    return FdCalls.memoryFile("godwit-idle", script.elf());
  }
}

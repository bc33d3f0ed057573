package io.godwit.app;

import io.godwit.cli.CommandIo;
import io.godwit.cli.DaemonCommand;
import io.godwit.cli.Flag;
import io.godwit.cli.ProgressBar;
import io.godwit.cli.Quantities;
import io.godwit.cli.SignalCatcher;
import io.godwit.cli.Text;
import io.godwit.core.Epoch;
import io.godwit.core.ExitStatus;
import io.godwit.core.GodwitException;
import io.godwit.core.Pid;
import io.godwit.core.Release;
import io.godwit.core.control.CheckpointReport;
import io.godwit.core.control.CheckpointSpec;
import io.godwit.core.control.JsonText;
import io.godwit.core.control.Method;
import io.godwit.engine.Engine;
import io.godwit.engine.StandardKinds;
import io.godwit.engine.extract.Extractor;
import io.godwit.engine.extract.Origins;
import io.godwit.image.Namespaces;
import io.godwit.image.PodIdentity;
import io.godwit.node.checkpoint.Checkpoint;
import io.godwit.node.checkpoint.CheckpointOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * {@code godwit checkpoint}. A PID is frozen and written by this process; the name of a pod is its
 * daemon's business.
 */
final class CheckpointCommand extends DaemonCommand {
  private static final int PID_MAX = 1 << 22;

  private final Text what;
  private final Text to;
  private final Flag leaveRunning;
  private final Flag incremental;
  private final Text every;
  private final Text keep;
  private final Text compress;
  private final Text key;
  private final Engine engine = new Engine(StandardKinds.all());

  CheckpointCommand(CommandIo io) {
    super(
        io,
        "checkpoint",
        "Write a running process, its children included, to an image from which it can be"
            + " restarted.",
        "A PID needs no daemon. Without --leave-running the process ends once the image is"
            + " complete; when it fails the process goes on.");
    to = requiredOption("DIR", "The image's directory, to be made.", "--to");
    leaveRunning = flag("Let the process run on.", "--leave-running");
    incremental =
        flag(
            "Add a generation with what has changed to the image that is there; the process runs"
                + " on.",
            "--incremental");
    every =
        option(
            "SPAN",
            "Do so again and again, as 90s, 10m or 2h, until the process ends or Ctrl-C.",
            "--every");
    keep =
        option(
            "NUMBER",
            "Generations that remain of an incremental image (default: "
                + CheckpointOptions.DEFAULT_KEEP
                + "); older ones are merged away.",
            "--keep");
    compress = option("LEVEL", "Compress with zstd, level 1 (fast) to 19 (small).", "--compress");
    key =
        option(
            "FILE",
            "Encrypt with AES-256-GCM and the key in this file (32 bytes or hex).",
            "--key");
    what = argument("PID|NAME", "A process id, or a name as godwit ps shows it.");
    examples(
        "sudo godwit checkpoint 4711 --to /var/tmp/sim",
        "sudo godwit checkpoint sim --to /var/tmp/sim --leave-running",
        "sudo godwit checkpoint sim --to /var/tmp/sim --every 10m --compress 3",
        "sudo godwit restart /var/tmp/sim");
  }

  @Override
  public Integer call() throws InterruptedException {
    CheckpointSpec spec = specification();
    if (every.value() == null) {
      tell(once(spec));
      return 0;
    }
    return again(spec, every.span(Duration.ZERO));
  }

  private CheckpointSpec specification() {
    boolean repeated = every.value() != null;
    boolean adds = incremental.given() || repeated;
    Path keyFile = key.path();
    return new CheckpointSpec(
        what.required(),
        Path.of(to.required()).toAbsolutePath().normalize().toString(),
        leaveRunning.given() || adds,
        adds,
        (int) keep.number(CheckpointOptions.DEFAULT_KEEP, 1, CheckpointSpec.MAX_KEEP),
        (int) compress.number(0, 1, CheckpointSpec.MAX_COMPRESSION),
        keyFile == null ? null : keyFile.toAbsolutePath().toString());
  }

  private CheckpointReport once(CheckpointSpec spec) {
    try (ProgressBar bar = new ProgressBar(io, json.given())) {
      return isNumber(spec.what())
          ? write(spec, bar)
          : CheckpointReport.of(ask(Method.CHECKPOINT, spec.toJson(), bar.events()));
    }
  }

  private static boolean isNumber(String typed) {
    return typed.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** Until the process has ended, which is no failure once there is a generation. */
  private int again(CheckpointSpec spec, Duration span) throws InterruptedException {
    CountDownLatch told = new CountDownLatch(1);
    try (SignalCatcher signals =
        new SignalCatcher(List.of("INT", "TERM"), name -> told.countDown())) {
      boolean first = true;
      do {
        try {
          tell(once(spec));
          io.out().flush();
        } catch (GodwitException e) {
          if (!first && e.code().exitStatus() == ExitStatus.NOT_FOUND) {
            return 0;
          }
          throw e;
        }
        first = false;
      } while (!told.await(span.toMillis(), TimeUnit.MILLISECONDS));
      return 0;
    }
  }

  private void tell(CheckpointReport report) {
    if (json.given()) {
      io.out().println(JsonText.write(report.toJson()));
      return;
    }
    io.out()
        .println(
            report.name()
                + " is in "
                + report.directory()
                + (report.generation() > 1 ? ", generation " + report.generation() : "")
                + ": processes "
                + report.processes()
                + ", "
                + Quantities.bytes(report.bytes())
                + " written, frozen for "
                + Quantities.micros(report.freezeMicros()));
  }

  private CheckpointReport write(CheckpointSpec spec, ProgressBar bar) {
    Pid pid = new Pid((int) what.number(0, 1, PID_MAX));
    requireMovable(pid);
    CheckpointOptions options = CheckpointOptions.of(spec);
    Checkpoint.Result result =
        new Checkpoint(
                engine,
                List.of(pid),
                StandardStreams.external(pid),
                surroundings(pid),
                options,
                bar)
            .to(Path.of(spec.directory()));
    return new CheckpointReport(
        pid.toString(),
        spec.directory(),
        result.processes(),
        result.bytes(),
        result.freezeNanos() / 1000,
        result.generation());
  }

  private static void requireMovable(Pid pid) {
    if (!Files.exists(Path.of("/proc", pid.toString()))) {
      throw new GodwitException(
          AppError.NO_SUCH_PROCESS,
          "process " + pid + " was not checkpointed",
          "there is no such process",
          "look for it with: ps -e");
    }
    requirePermitted(pid);
    if (pid.number() == 1 || pid.number() == ProcessHandle.current().pid()) {
      throw new GodwitException(
          AppError.NOT_MOVABLE,
          "process " + pid + " was not checkpointed",
          pid.number() == 1 ? "it is the system's init" : "it is this command",
          "name another process");
    }
  }

  /** To trace a process takes its own user or root, ptrace(2). */
  private static void requirePermitted(Pid pid) {
    Object caller;
    Object owner;
    try {
      caller = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      owner = Files.getAttribute(Path.of("/proc", pid.toString()), "unix:uid");
    } catch (IOException ended) {
      return; // the engine says what it finds
    }
    if (!caller.equals(0) && !caller.equals(owner)) {
      throw new GodwitException(
          AppError.NOT_PERMITTED,
          "process " + pid + " was not checkpointed",
          "it belongs to user " + owner + ", you are user " + caller,
          "use sudo");
    }
  }

  private static Extractor.Surroundings surroundings(Pid pid) {
    String hostname = read("/proc/sys/kernel/hostname", "localhost");
    return new Extractor.Surroundings(
        new PodIdentity("p" + pid, Optional.empty(), Optional.empty(), Epoch.FIRST, pid),
        Origins.here(Release.VERSION, hostname),
        new Namespaces(
            Set.of(), hostname, read("/proc/sys/kernel/domainname", "(none)"), List.of()));
  }

  private static String read(String path, String otherwise) {
    try {
      return Files.readString(Path.of(path)).strip();
    } catch (IOException e) {
      return otherwise;
    }
  }
}

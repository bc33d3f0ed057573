package io.godwit.app;

import com.google.gson.JsonObject;
import io.godwit.cli.CommandIo;
import io.godwit.cli.DaemonCommand;
import io.godwit.cli.Flag;
import io.godwit.cli.ProgressBar;
import io.godwit.cli.Quantities;
import io.godwit.cli.Text;
import io.godwit.core.AddressRange;
import io.godwit.core.Epoch;
import io.godwit.core.GodwitException;
import io.godwit.core.Pid;
import io.godwit.core.control.CheckpointReport;
import io.godwit.core.control.JsonText;
import io.godwit.core.control.Method;
import io.godwit.core.control.Progress;
import io.godwit.engine.Engine;
import io.godwit.engine.FrozenPod;
import io.godwit.engine.PhaseListener;
import io.godwit.engine.StandardKinds;
import io.godwit.engine.extract.Extractor;
import io.godwit.engine.extract.Origins;
import io.godwit.engine.kind.ExternalDescriptor;
import io.godwit.image.Namespaces;
import io.godwit.image.PodIdentity;
import io.godwit.image.codec.ImageWriter;
import io.godwit.image.codec.StorageOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code godwit checkpoint}. A PID is frozen and written by this process; the name of a pod is its
 * daemon's business.
 */
final class CheckpointCommand extends DaemonCommand {
  private final Text what;
  private final Text to;
  private final Flag leaveRunning;
  private final Engine engine = new Engine(StandardKinds.all());

  CheckpointCommand(CommandIo io) {
    super(
        io,
        "checkpoint",
        "Write a running process, its children included, to an image from which it can be restarted.",
        "A PID needs no daemon. Without --leave-running the process ends once the image is complete;"
            + " when it fails the process goes on.");
    to = requiredOption("DIR", "The image's directory, to be made.", "--to");
    leaveRunning = flag("Let the process run on.", "--leave-running");
    what = argument("PID|NAME", "A process id, or a name as godwit ps shows it.");
    examples(
        "sudo godwit checkpoint 4711 --to /var/tmp/sim",
        "sudo godwit checkpoint sim --to /var/tmp/sim --leave-running",
        "sudo godwit restart /var/tmp/sim");
  }

  @Override
  public Integer call() {
    String typed = what.required();
    Path directory = Path.of(to.required()).toAbsolutePath().normalize();
    JsonObject result;
    try (ProgressBar bar = new ProgressBar(io, json.given())) {
      if (typed.chars().allMatch(c -> c >= '0' && c <= '9')) {
        Pid pid = new Pid((int) what.number(0, 1, Integer.MAX_VALUE));
        result = write(pid, directory, bar).toJson();
      } else {
        result = askDaemon(typed, directory, bar);
      }
    }
    if (json.given()) {
      io.out().println(JsonText.write(result));
    } else {
      CheckpointReport report = CheckpointReport.of(result);
      io.out()
          .println(
              report.name()
                  + " is in "
                  + report.directory()
                  + ": processes "
                  + report.processes()
                  + ", "
                  + Quantities.bytes(report.bytes())
                  + " of memory, frozen for "
                  + Quantities.micros(report.freezeMicros()));
    }
    return 0;
  }

  private JsonObject askDaemon(String name, Path directory, ProgressBar bar) {
    JsonObject params = new JsonObject();
    params.addProperty("what", name);
    params.addProperty("directory", directory.toString());
    params.addProperty("leaveRunning", leaveRunning.given());
    return ask(Method.CHECKPOINT, params, bar.events());
  }

  private CheckpointReport write(Pid pid, Path directory, ProgressBar bar) {
    requireMovable(pid);
    Set<ExternalDescriptor> streams = StandardStreams.external(pid);
    engine.inspect(List.of(pid), streams).throwIfRefused();
    // The writer comes first: a directory that cannot be written must not cost a freeze.
    try (ImageWriter writer = ImageWriter.create(directory, StorageOptions.PLAIN);
        FrozenPod pod =
            engine.freeze(List.of(pid), streams, surroundings(pid), PhaseListener.NONE)) {
      long total = pod.privateBytes();
      long[] sent = {0};
      long bytes =
          pod.sendPages(
              (object, address, content) -> {
                int size = content.remaining();
                writer.pages(object, new AddressRange(address, address + size), content);
                sent[0] += size;
                bar.accept(
                    new Progress("writing", sent[0], total, 0, microsSince(pod.frozenSince())));
              });
      writer.commit(pod.image());
      int processes = pod.image().live().size();
      if (leaveRunning.given()) {
        pod.undo();
      } else {
        pod.kill();
      }
      return new CheckpointReport(
          pid.toString(), directory.toString(), processes, bytes, microsSince(pod.frozenSince()));
    }
  }

  private static long microsSince(long nanos) {
    return (System.nanoTime() - nanos) / 1000;
  }

  private static void requireMovable(Pid pid) {
    if (!Files.exists(Path.of("/proc", pid.toString()))) {
      throw new GodwitException(
          AppError.NO_SUCH_PROCESS,
          "process " + pid + " was not checkpointed",
          "there is no such process",
          "look for it with: ps -e");
    }
    if (pid.number() == 1 || pid.number() == ProcessHandle.current().pid()) {
      throw new GodwitException(
          AppError.NOT_MOVABLE,
          "process " + pid + " was not checkpointed",
          pid.number() == 1 ? "it is the system's init" : "it is this command",
          "name another process");
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

package io.godwit.app;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.godwit.cli.CommandBody;
import io.godwit.cli.CommandIo;
import io.godwit.cli.Flag;
import io.godwit.cli.SignalCatcher;
import io.godwit.cli.Text;
import io.godwit.core.GodwitException;
import io.godwit.core.Pid;
import io.godwit.core.control.JsonText;
import io.godwit.core.control.ProcessExit;
import io.godwit.core.control.SignalNumber;
import io.godwit.engine.Engine;
import io.godwit.engine.PhaseListener;
import io.godwit.engine.RebuiltPod;
import io.godwit.engine.StandardKinds;
import io.godwit.engine.restore.RestoreOptions;
import io.godwit.engine.restore.RestoredProcess;
import io.godwit.image.codec.ImageReader;
import io.godwit.linux.Fd;
import io.godwit.linux.Tracer;
import io.godwit.linux.launch.ProcessHandles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** {@code godwit restart}: needs no daemon; the processes become children of this one. */
final class RestartCommand extends CommandBody {
  private static final List<String> FORWARDED =
      List.of("INT", "TERM", "HUP", "USR1", "CONT", "TSTP", "WINCH");
  private static final int WAIT_MILLIS = 60_000;

  private final Text directory;
  private final Flag detach;
  private final Flag here;
  private final Text pidfile;

  RestartCommand(CommandIo io) {
    super(
        io,
        "restart",
        "Rebuild a process tree from its image and let it go on under its old process ids.",
        "In the foreground its exit status is this command's, and signals are passed on.");
    detach = flag("Return once it runs.", "-d", "--detach");
    here = flag("In this shell's own namespaces; required in this release.", "--here");
    pidfile = option("FILE", "Write the main process's id to this file.", "--pidfile");
    directory = argument("DIR", "The image.");
    examples(
        "sudo godwit restart --here /var/tmp/sim",
        "sudo godwit restart --here --detach --pidfile /run/sim.pid /var/tmp/sim");
  }

  @Override
  public Integer call() {
    if (!here.given()) {
      throw new GodwitException(
          AppError.NO_POD,
          "the image was not restarted",
          "a restart into a pod of its own is not built yet",
          "restart it in this shell's namespaces: godwit restart --here " + directory.required());
    }
    List<Pid> processes;
    Pid main;
    try (ImageReader reader = ImageReader.open(Path.of(directory.required()));
        Tracer tracer = Tracer.start();
        RebuiltPod pod =
            new Engine(StandardKinds.all())
                .rebuild(
                    reader.image(),
                    new RestoreOptions(Optional.empty(), Path.of("/"), StandardStreams.own()),
                    tracer,
                    PhaseListener.NONE)) {
      pod.make();
      pod.writePages(new ImagePages(reader));
      pod.finish();
      processes = new ArrayList<>();
      for (RestoredProcess process : pod.processes()) {
        processes.add(process.hostPid());
      }
      main = processes.getFirst();
      writePidfile(main);
      pod.release();
    }
    if (detach.given()) {
      tell(processes);
      return 0;
    }
    return await(main);
  }

  private void writePidfile(Pid main) {
    Path file = pidfile.path();
    if (file == null) {
      return;
    }
    try {
      Files.writeString(file, main + "\n");
    } catch (IOException e) {
      throw new GodwitException(
          AppError.CANNOT_WRITE,
          "the image was not restarted",
          "the process id cannot be written to " + file + ": " + e.getMessage(),
          "name a file that can be written",
          e);
    }
  }

  private void tell(List<Pid> processes) {
    if (json.given()) {
      JsonArray numbers = new JsonArray();
      processes.forEach(pid -> numbers.add(pid.number()));
      JsonObject document = new JsonObject();
      document.addProperty("pid", processes.getFirst().number());
      document.add("processes", numbers);
      io.out().println(JsonText.write(document));
    } else {
      io.out().println(processes.getFirst());
    }
  }

  private static int await(Pid main) {
    Fd handle = ProcessHandles.open(main);
    try (SignalCatcher signals =
        new SignalCatcher(
            FORWARDED,
            name -> ProcessHandles.signal(handle, SignalNumber.parse(name).orElseThrow()))) {
      while (true) {
        if (ProcessHandles.awaitEnd(handle, WAIT_MILLIS)) {
          OptionalInt status = ProcessHandles.reap(main);
          return status.isPresent() ? ProcessExit.ofWaitStatus(status.getAsInt()).shellStatus() : 0;
        }
      }
    }
  }
}

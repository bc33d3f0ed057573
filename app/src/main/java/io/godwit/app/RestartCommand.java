package io.godwit.app;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.godwit.cli.CliError;
import io.godwit.cli.CommandIo;
import io.godwit.cli.DaemonCommand;
import io.godwit.cli.Flag;
import io.godwit.cli.SignalCatcher;
import io.godwit.cli.Text;
import io.godwit.core.GodwitException;
import io.godwit.core.Pid;
import io.godwit.core.control.JsonText;
import io.godwit.core.control.Method;
import io.godwit.core.control.ProcessExit;
import io.godwit.core.control.ProcessView;
import io.godwit.core.control.RestartSpec;
import io.godwit.core.control.SignalNumber;
import io.godwit.engine.Engine;
import io.godwit.engine.StandardKinds;
import io.godwit.image.codec.EncryptionKey;
import io.godwit.linux.Fd;
import io.godwit.linux.launch.ProcessHandles;
import io.godwit.node.checkpoint.Restart;
import io.godwit.node.pod.Pod;
import io.godwit.node.pod.PodRoom;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.function.IntConsumer;

/** {@code godwit restart}: needs no daemon; the processes are below this one. */
final class RestartCommand extends DaemonCommand {
  /** Where pods are recorded that no daemon cares for. */
  private static final Path PODS = Path.of("/run/godwit/restarted");

  private static final List<String> FORWARDED =
      List.of("INT", "TERM", "HUP", "USR1", "CONT", "TSTP", "WINCH");
  private static final int WAIT_MILLIS = 60_000;

  private final Text directory;
  private final Flag managed;
  private final Text name;
  private final Flag detach;
  private final Flag here;
  private final Flag ignoreTimes;
  private final Text pidfile;
  private final Text generation;
  private final Text key;

  RestartCommand(CommandIo io) {
    super(
        io,
        "restart",
        "Rebuild processes from their image and let them go on.",
        "They get a pod of their own, in which they have their old process ids and their clocks go"
            + " on. In the foreground the main process's exit status is this command's, and signals"
            + " are passed on.");
    detach = flag("Return once it runs.", "-d", "--detach");
    here = flag("No pod: in this shell's own namespaces, under the old process ids.", "--here");
    managed =
        flag(
            "In the care of this node's daemon, so that it can be attached to and moved.",
            "--managed");
    name = option("NAME", "With --managed: the name to give it (default: the image's).", "--name");
    ignoreTimes =
        flag(
            "Take programs and libraries of the right size for unchanged whatever their times.",
            "--ignore-times");
    pidfile = option("FILE", "Write the main process's id to this file.", "--pidfile");
    generation =
        option("NUMBER", "Which generation of the image (default: the newest).", "--generation");
    key = option("FILE", "The key of an encrypted image.", "--key");
    directory = argument("DIR", "The image.");
    examples(
        "sudo godwit restart /var/tmp/sim",
        "sudo godwit restart --managed --name sim /var/tmp/sim",
        "sudo godwit restart --here --detach --pidfile /run/sim.pid /var/tmp/sim");
  }

  @Override
  public Integer call() throws InterruptedException {
    if (managed.given()) {
      return byDaemon();
    }
    try (Restart restart = open()) {
      if (ignoreTimes.given()) {
        restart.ignoreTimes();
      }
      return here.given() ? inPlace(restart) : inPod(restart);
    }
  }

  private int byDaemon() {
    if (here.given()) {
      throw new GodwitException(
          CliError.USAGE,
          "nothing was done",
          "--managed and --here exclude each other: what a daemon cares for has a pod",
          "leave out one of them");
    }
    Path keyFile = key.path();
    JsonObject result =
        ask(
            Method.RESTART,
            new RestartSpec(
                    Path.of(directory.required()).toAbsolutePath().normalize().toString(),
                    name.value(),
                    (int) generation.number(0, 1, Integer.MAX_VALUE),
                    keyFile == null ? null : keyFile.toAbsolutePath().toString())
                .toJson());
    ProcessView process = ProcessView.of(result);
    writePidfile(new Pid(process.hostPid()));
    io.out().println(json.given() ? JsonText.write(result) : process.name());
    return 0;
  }

  private Restart open() {
    Path keyFile = key.path();
    return Restart.open(
        Path.of(directory.required()),
        generation.value() == null
            ? OptionalInt.empty()
            : OptionalInt.of((int) generation.number(0, 1, Integer.MAX_VALUE)),
        keyFile == null ? Optional.empty() : Optional.of(EncryptionKey.fromFile(keyFile)),
        new Engine(StandardKinds.all()));
  }

  private int inPlace(Restart restart) {
    requireNoTerminal(restart);
    List<Pid> processes =
        restart.here(StandardStreams.own(), numbers -> writePidfile(numbers.getFirst()));
    if (detach.given()) {
      tell(processes);
      return 0;
    }
    return await(processes.getFirst());
  }

  private void requireNoTerminal(Restart restart) {
    if (restart.hasTerminal()) {
      throw new GodwitException(
          AppError.NO_POD,
          "the image was not restarted",
          "its processes had a terminal of their own, which needs a daemon to serve it",
          "restart it under a daemon's care and attach: godwit restart --managed "
              + directory.required());
    }
  }

  private int inPod(Restart restart) throws InterruptedException {
    requireNoTerminal(restart);
    Path state = PODS.resolve(Long.toString(ProcessHandle.current().pid()));
    sweepEnded();
    try (PodRoom room = new PodRoom(state)) {
      Pod pod = restart.inPod(room, "restarted", StandardStreams.own());
      // What the pod has for a console is not used.
      pod.streams().close();
      try {
        writePidfile(pod.mainProcess().orElse(pod.init()));
      } catch (GodwitException e) {
        pod.kill();
        throw e;
      }
      Pid main = pod.mainProcess().orElse(pod.init());
      List<Pid> processes = pod.processes();
      pod.cgroup().thaw();
      if (detach.given()) {
        tell(
            java.util.stream.Stream.concat(
                    java.util.stream.Stream.of(main),
                    processes.stream().filter(each -> !each.equals(main)))
                .toList());
        return 0;
      }
      try (SignalCatcher signals = forward(pod::signal)) {
        return ProcessExit.ofWaitStatus(pod.mainStatus().get()).shellStatus();
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Pods of earlier restarts that were detached and have ended meanwhile. */
  private static void sweepEnded() {
    if (!Files.isDirectory(PODS)) {
      return;
    }
    try (DirectoryStream<Path> left = Files.newDirectoryStream(PODS)) {
      for (Path each : left) {
        PodRoom.sweepEnded(each);
      }
    } catch (IOException e) {
      return; // what stays is swept another time
    }
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

  private static SignalCatcher forward(IntConsumer to) {
    return new SignalCatcher(FORWARDED, name -> to.accept(SignalNumber.parse(name).orElseThrow()));
  }

  private static int await(Pid main) {
    Fd handle = ProcessHandles.open(main);
    try (SignalCatcher signals = forward(number -> ProcessHandles.signal(handle, number))) {
      while (true) {
        if (ProcessHandles.awaitEnd(handle, WAIT_MILLIS)) {
          OptionalInt status = ProcessHandles.reap(main);
          return status.isPresent() ? ProcessExit.ofWaitStatus(status.getAsInt()).shellStatus() : 0;
        }
      }
    }
  }
}

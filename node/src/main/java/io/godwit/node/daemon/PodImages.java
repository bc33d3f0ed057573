package io.godwit.node.daemon;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.core.Pid;
import io.godwit.core.control.CheckpointReport;
import io.godwit.core.control.CheckpointSpec;
import io.godwit.core.control.Progress;
import io.godwit.core.control.RestartSpec;
import io.godwit.engine.Engine;
import io.godwit.image.LiveProcess;
import io.godwit.image.PodImage;
import io.godwit.image.codec.EncryptionKey;
import io.godwit.linux.proc.ProcFs;
import io.godwit.node.NodeError;
import io.godwit.node.checkpoint.Checkpoint;
import io.godwit.node.checkpoint.CheckpointOptions;
import io.godwit.node.checkpoint.Restart;
import io.godwit.node.pod.ArrivalPod;
import io.godwit.node.pod.ConsoleRelay;
import io.godwit.node.pod.ConsoleState;
import io.godwit.node.pod.Pod;
import io.godwit.node.pod.PodRoom;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** Images of the pods of this node, and pods made from images. */
final class PodImages {
  private final NodeId self;
  private final Engine engine;
  private final PodRoom pods;
  private final LocalProcesses processes;

  PodImages(NodeId self, Engine engine, PodRoom pods, LocalProcesses processes) {
    this.self = self;
    this.engine = engine;
    this.pods = pods;
    this.processes = processes;
  }

  /** Writes an image of a pod that is here. */
  CheckpointReport checkpoint(String name, CheckpointSpec spec, Consumer<Progress> progress) {
    return checkpoint(name, spec, progress, () -> {});
  }

  /** An image, and what the program had written to its console when it was taken. */
  record Stored(CheckpointReport report, long outputEnd, long errorEnd) {}

  /** Writes an image of a job that is here, which runs on. */
  Stored store(String name, CheckpointSpec spec) {
    ConsoleRelay relay =
        processes
            .consoles()
            .relay(name)
            .orElseThrow(() -> processes.unknown(name, "writing an image of '" + name + "'"));
    AtomicReference<ConsoleState> console = new AtomicReference<>();
    try {
      CheckpointReport report =
          checkpoint(name, spec, progress -> {}, () -> console.set(suspended(relay)));
      ConsoleState then = Objects.requireNonNull(console.get());
      return new Stored(report, end(then.output()), end(then.error()));
    } finally {
      if (console.get() != null) {
        resume(relay);
      }
    }
  }

  private static long end(ConsoleState.Output stream) {
    return stream.position() + stream.unaccepted().length;
  }

  private static ConsoleState suspended(ConsoleRelay relay) {
    try {
      return relay.suspend();
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw stopping(stopping);
    }
  }

  private static void resume(ConsoleRelay relay) {
    try {
      relay.resume();
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw stopping(stopping);
    }
  }

  private static GodwitException stopping(InterruptedException cause) {
    return new GodwitException(
        NodeError.STOPPING, "writing an image", "the daemon stops", "try again", cause);
  }

  private CheckpointReport checkpoint(
      String name, CheckpointSpec spec, Consumer<Progress> progress, Runnable whileFrozen) {
    String what = "writing an image of '" + name + "'";
    Pod pod = pods.find(name).orElseThrow(() -> processes.unknown(name, what));
    List<Pid> roots = ProcFs.host().process(pod.init()).children();
    Optional<ProcessEntry> entry = processes.find(name);
    if (roots.isEmpty() || entry.isEmpty()) {
      throw new GodwitException(
          NodeError.PROCESS_ENDED, what, "it has ended", "see 'godwit ps --all'");
    }
    Checkpoint.Result result =
        new Checkpoint(
                engine,
                roots,
                ArrivalPod.externals(pod),
                PodSurroundings.of(pod, entry.get(), self),
                CheckpointOptions.of(spec),
                progress,
                whileFrozen)
            .to(Path.of(spec.directory()));
    return new CheckpointReport(
        name,
        spec.directory(),
        result.processes(),
        result.bytes(),
        result.freezeNanos() / 1000,
        result.generation());
  }

  /** Makes a pod of an image; its home is this node from now on. */
  ProcessEntry restart(RestartSpec spec) {
    String keyFile = spec.keyFile();
    try (Restart restart =
        Restart.open(
            Path.of(spec.directory()),
            spec.generation() == 0 ? OptionalInt.empty() : OptionalInt.of(spec.generation()),
            keyFile == null
                ? Optional.empty()
                : Optional.of(EncryptionKey.fromFile(Path.of(keyFile))),
            engine)) {
      PodImage image = restart.image();
      String given = spec.name();
      String name = given != null ? given : image.identity().name().orElse(image.identity().id());
      ProcessEntry entry = entry(name, image, restart.commandLine());
      return processes.enter(entry, () -> restart.inPod(pods, name, Map.of()), console -> {});
    }
  }

  private ProcessEntry entry(String name, PodImage image, String command) {
    Pid main = image.identity().mainProcess();
    int uid =
        image
            .process(main)
            .filter(LiveProcess.class::isInstance)
            .map(process -> ((LiveProcess) process).security().credentials().users().real())
            .orElse(0);
    return processes.fresh(name, uid, command, main.number());
  }
}

package io.godwit.node.checkpoint;

import io.godwit.core.GodwitException;
import io.godwit.core.Pid;
import io.godwit.engine.Engine;
import io.godwit.engine.PhaseListener;
import io.godwit.engine.RebuiltPod;
import io.godwit.engine.restore.RestoreOptions;
import io.godwit.image.DescriptionKind;
import io.godwit.image.LiveProcess;
import io.godwit.image.MemoryLayout;
import io.godwit.image.Namespaces;
import io.godwit.image.PodImage;
import io.godwit.image.codec.EncryptionKey;
import io.godwit.image.codec.ImageReader;
import io.godwit.linux.Fd;
import io.godwit.linux.Tracer;
import io.godwit.linux.launch.TerminalCalls;
import io.godwit.node.pod.ArrivalPod;
import io.godwit.node.pod.Pod;
import io.godwit.node.pod.PodRoom;
import io.godwit.node.pod.PodSpec;
import io.godwit.node.pod.TimeOffsets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;

/** Rebuilds processes from an image, in place or in a pod of their own. */
public final class Restart implements AutoCloseable {
  private static final int MAX_COMMAND = 4096;

  private final ImageReader reader;
  private final Engine engine;
  private boolean timesIgnored;

  private Restart(ImageReader reader, Engine engine) {
    this.reader = reader;
    this.engine = engine;
  }

  /**
   * Opens an image.
   *
   * @param generation which one, absent for the newest
   */
  public static Restart open(
      Path directory, OptionalInt generation, Optional<EncryptionKey> key, Engine engine) {
    return new Restart(ImageReader.open(directory, generation, key), engine);
  }

  /** Takes files of the programs for unchanged that have the same size. */
  public void ignoreTimes() {
    timesIgnored = true;
  }

  public PodImage image() {
    return reader.image();
  }

  /** What the processes had from outside their tree: the roles of their standard streams. */
  public Set<String> roles() {
    Set<String> roles = new HashSet<>();
    for (var description : image().descriptions()) {
      if (description.kind() instanceof DescriptionKind.Console console) {
        roles.add(console.role());
      }
    }
    return roles;
  }

  /** What the main process was started with, as ps(1) shows it. */
  public String commandLine() {
    PodImage image = image();
    Optional<LiveProcess> main =
        image.live().stream()
            .filter(process -> process.pid().equals(image.identity().mainProcess()))
            .findFirst();
    if (main.isEmpty()) {
      return "";
    }
    MemoryLayout layout = main.get().memory().layout();
    int length = Math.clamp(layout.argEnd() - layout.argStart(), 0, MAX_COMMAND);
    ByteBuffer bytes = ByteBuffer.allocate(length);
    reader.read(main.get().memory().id(), layout.argStart(), bytes);
    return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8)
        .replace('\0', ' ')
        .strip();
  }

  /** Whether they had a terminal of their pod's own. */
  public boolean hasTerminal() {
    return roles().contains(ArrivalPod.TERMINAL);
  }

  /**
   * Rebuilds them in the namespaces of this process, as its children, under their old numbers.
   *
   * @param external what stands for each role
   * @param last gets their numbers when all is built and nothing runs; what it throws ends them
   * @throws GodwitException with the engine's PID_TAKEN where a number is in use
   */
  public List<Pid> here(Map<String, Fd> external, Consumer<List<Pid>> last) {
    OldNumbers.awaitReaped(image());
    try (Tracer tracer = Tracer.start()) {
      return build(
          new RestoreOptions(Optional.empty(), Path.of("/"), external),
          tracer,
          rebuilt -> {
            List<Pid> numbers = numbers(rebuilt);
            last.accept(numbers);
            rebuilt.release();
            return numbers;
          });
    }
  }

  /**
   * Rebuilds them in a new pod, in which they have their old numbers and their clocks go on. When
   * this returns they are built and frozen by the pod's cgroup.
   *
   * @param id the pod's name
   * @param external what stands for each role instead of the pod's own streams
   */
  public Pod inPod(PodRoom room, String id, Map<String, Fd> external) {
    PodImage image = image();
    Namespaces world = image.namespaces();
    ArrivalPod.Frame frame =
        new ArrivalPod.Frame(
            id,
            world.hostname(),
            world.own().contains(Namespaces.Kind.NETWORK),
            hasTerminal()
                ? new PodSpec.Console.Terminal(TerminalCalls.WindowSize.USUAL)
                : new PodSpec.Console.Pipes(),
            TimeOffsets.continuing(
                new TimeOffsets.Clocks(
                    image.clocks().monotonicNanos(), image.clocks().boottimeNanos())));
    try (ArrivalPod arrival = ArrivalPod.create(room, frame, image.identity().mainProcess())) {
      RestoreOptions options = arrival.options();
      Map<String, Fd> ends = new HashMap<>(options.external());
      ends.putAll(external);
      return build(
          new RestoreOptions(options.parent(), options.root(), ends),
          arrival.tracer(),
          rebuilt -> {
            arrival.detach(rebuilt);
            arrival.keep();
            return arrival.pod();
          });
    }
  }

  /** What is done with processes that are built; they are killed where it is not their release. */
  private interface Completion<T> {
    T complete(RebuiltPod rebuilt);
  }

  private <T> T build(RestoreOptions options, Tracer tracer, Completion<T> completion) {
    if (!timesIgnored) {
      ProgramFiles.requireUnchanged(image(), options.root());
    }
    List<Path> made = StatisticsFiles.makeMissing(image(), options.root());
    boolean done = false;
    try (RebuiltPod rebuilt = engine.rebuild(image(), options, tracer, PhaseListener.NONE)) {
      rebuilt.make();
      rebuilt.writePages(new ImagePages(reader));
      rebuilt.finish();
      T result = completion.complete(rebuilt);
      done = true;
      return result;
    } finally {
      if (!done) {
        made.forEach(Restart::removeQuietly);
      }
    }
  }

  private static void removeQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException stays) {
      return; // an empty file of statistics hurts nobody
    }
  }

  private static List<Pid> numbers(RebuiltPod rebuilt) {
    return rebuilt.processes().stream().map(process -> process.hostPid()).toList();
  }

  @Override
  public void close() {
    reader.close();
  }
}

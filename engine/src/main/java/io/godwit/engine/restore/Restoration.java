package io.godwit.engine.restore;

import io.godwit.core.Pid;
import io.godwit.image.ObjectId;
import io.godwit.image.PodImage;
import io.godwit.linux.DescriptorChannel;
import io.godwit.linux.Fd;
import io.godwit.linux.Tracer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** A tree that is being built. Belongs to the tracer's thread. */
public final class Restoration {
  private final PodImage image;
  private final Tracer tracer;
  private final Path root;
  private final Optional<Pid> init;
  private final Map<String, Fd> external;
  private final Map<Pid, RestoredProcess> processes = new LinkedHashMap<>();
  private final Map<ObjectId, Fd> descriptors = new HashMap<>();
  private final List<Runnable> cleanups = new ArrayList<>();
  private final Map<Class<?>, Object> attachments = new HashMap<>();
  private final DescriptorChannel channel;

  Restoration(PodImage image, Tracer tracer, RestoreOptions options, DescriptorChannel channel) {
    this.image = image;
    this.tracer = tracer;
    this.root = options.root();
    this.init = options.parent().map(RestoreOptions.Parent::pid);
    this.external = Map.copyOf(options.external());
    this.channel = channel;
  }

  public PodImage image() {
    return image;
  }

  public Tracer tracer() {
    return tracer;
  }

  /** Where this process sees the root of the tree that is built: "/" or /proc/PID/root. */
  public Path root() {
    return root;
  }

  /**
   * The process in whose namespaces the tree is built, in the node's PID namespace; empty for those
   * of this process.
   */
  public Optional<Pid> init() {
    return init;
  }

  /** What the caller supplies for external descriptors, by role. They stay the caller's. */
  public Map<String, Fd> external() {
    return external;
  }

  /** The processes, parents before children; empty in stage PREPARE. */
  public List<RestoredProcess> processes() {
    return List.copyOf(processes.values());
  }

  public Optional<RestoredProcess> process(Pid podPid) {
    return Optional.ofNullable(processes.get(podPid));
  }

  void add(RestoredProcess process) {
    processes.put(process.podPid(), process);
  }

  /** The way to pass descriptors of this process into those that are built. */
  public DescriptorChannel channel() {
    return channel;
  }

  /**
   * Descriptors of this process that stand for objects of the image while it is built: memory
   * objects (made by the memory kind in PREPARE), pipes, files. The engine closes them at the end.
   */
  public Map<ObjectId, Fd> descriptors() {
    return descriptors;
  }

  /** Something to be done at the end, whether the restoration succeeded or not. */
  public void atEnd(Runnable cleanup) {
    cleanups.add(cleanup);
  }

  List<Runnable> cleanups() {
    return cleanups;
  }

  /** Something that a kind remembers from one stage to the next, made at first use. */
  public <T> T attachment(Class<T> type, Supplier<T> make) {
    return type.cast(attachments.computeIfAbsent(type, t -> make.get()));
  }
}

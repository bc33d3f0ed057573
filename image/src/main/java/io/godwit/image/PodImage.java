package io.godwit.image;

import io.godwit.core.Pid;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A whole tree of processes at the freeze, without its pages.
 *
 * @param processes parents before their children
 * @param descriptions every open description that a descriptor or message refers to
 */
public record PodImage(
    PodIdentity identity,
    Origin origin,
    Clocks clocks,
    Namespaces namespaces,
    List<ProcessImage> processes,
    List<OpenDescription> descriptions,
    List<Pipe> pipes,
    List<PseudoTerminal> terminals,
    List<SharedMemory> sharedMemory,
    List<SavedContent> savedContents,
    SysvObjects sysv) {
  public PodImage {
    processes = Require.list(processes, ImageLimits.MAX_PROCESSES, "processes");
    descriptions = Require.list(descriptions, ImageLimits.MAX_OBJECTS, "open descriptions");
    pipes = Require.list(pipes, ImageLimits.MAX_OBJECTS, "pipes");
    terminals = Require.list(terminals, ImageLimits.MAX_OBJECTS, "terminals");
    sharedMemory = Require.list(sharedMemory, ImageLimits.MAX_OBJECTS, "shared memory objects");
    savedContents = Require.list(savedContents, ImageLimits.MAX_OBJECTS, "saved contents");
    References.check(processes, descriptions, pipes, terminals, sharedMemory, savedContents, sysv);
  }

  /** The processes whose parent is outside the image. */
  public List<ProcessImage> roots() {
    return processes.stream().filter(p -> p.identity().parent().isEmpty()).toList();
  }

  /** The processes that live. */
  public List<LiveProcess> live() {
    return processes.stream()
        .filter(LiveProcess.class::isInstance)
        .map(LiveProcess.class::cast)
        .toList();
  }

  /** The same with other numbers for the address spaces. */
  public PodImage withAddressSpaceIds(UnaryOperator<ObjectId> other) {
    List<ProcessImage> renumbered = new ArrayList<>();
    for (ProcessImage process : processes) {
      renumbered.add(
          process instanceof LiveProcess live
              ? live.withMemory(live.memory().withId(other.apply(live.memory().id())))
              : process);
    }
    return new PodImage(
        identity,
        origin,
        clocks,
        namespaces,
        renumbered,
        descriptions,
        pipes,
        terminals,
        sharedMemory,
        savedContents,
        sysv);
  }

  public Optional<ProcessImage> process(Pid pid) {
    return processes.stream().filter(p -> p.pid().equals(pid)).findFirst();
  }
}

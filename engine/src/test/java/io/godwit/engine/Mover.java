package io.godwit.engine;

import io.godwit.core.Epoch;
import io.godwit.core.Pid;
import io.godwit.engine.extract.Extractor;
import io.godwit.engine.extract.Origins;
import io.godwit.engine.kind.ResourceKind;
import io.godwit.engine.pages.PageSource;
import io.godwit.engine.restore.RestoreOptions;
import io.godwit.image.Namespaces;
import io.godwit.image.PodIdentity;
import io.godwit.image.PodImage;
import io.godwit.image.ProcessImage;
import io.godwit.linux.Tracer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Moves a tree from this machine to this machine: freeze, extract, kill, build, release. */
final class Mover {
  private static final boolean TELL = Boolean.getBoolean("godwit.test.times");

  private final Engine engine;
  private final List<ByteBuffer> buffers = new ArrayList<>();
  private final StringBuilder times = new StringBuilder();

  Mover() {
    List<ResourceKind> kinds = new ArrayList<>(StandardKinds.mechanism());
    kinds.add(new BareKind());
    engine = new Engine(kinds);
  }

  /** With another set of kinds. */
  Mover(Engine engine) {
    this.engine = engine;
  }

  Engine engine() {
    return engine;
  }

  static Extractor.Surroundings around(Pid main) {
    return new Extractor.Surroundings(
        new PodIdentity("test", Optional.empty(), Optional.empty(), Epoch.FIRST, main),
        Origins.here("test", "here"),
        new Namespaces(Set.of(), "here", "(none)", List.of()));
  }

  /** The descendants of a killed process come to this one, which is their subreaper. */
  private static void reapOrphans(PodImage image, Pid root) {
    for (ProcessImage process : image.processes()) {
      if (!process.pid().equals(root)) {
        Victim.reapIfChild(process.pid());
      }
    }
  }

  /** A buffer that is used again by the next move. */
  private ByteBuffer buffer(int index, int size) {
    while (buffers.size() <= index) {
      buffers.add(ByteBuffer.allocateDirect(size));
    }
    if (buffers.get(index).capacity() < size) {
      buffers.set(index, ByteBuffer.allocateDirect(size));
    }
    return buffers.get(index).clear();
  }

  private void note(Phase phase, long nanos, long bytes) {
    times.append(phase).append(' ').append(nanos / 1000).append("  ");
  }

  /** Moves the tree below a process; its roots are children of the test afterwards. */
  PodImage move(Pid root) {
    // The pages are kept, since source and destination need the same numbers one after the other.
    List<PageSource.Run> runs = new ArrayList<>();
    times.setLength(0);
    long start = System.nanoTime();
    PodImage image;
    try (FrozenPod source = engine.freeze(List.of(root), Set.of(), around(root), this::note)) {
      image = source.image();
      source.sendPages(
          (object, address, content) -> {
            ByteBuffer copy = buffer(runs.size(), content.remaining());
            copy.put(content).flip();
            runs.add(new PageSource.Run(object, address, copy));
          });
      source.kill();
      reapOrphans(image, root);
    }
    try (Tracer tracer = Tracer.start();
        RebuiltPod pod = engine.rebuild(image, RestoreOptions.here(), tracer, this::note)) {
      pod.make();
      Iterator<PageSource.Run> iterator = runs.iterator();
      pod.writePages(() -> iterator.hasNext() ? iterator.next() : null);
      pod.finish();
      pod.release();
    }
    if (TELL) {
      System.out.println((System.nanoTime() - start) / 1000 + " us: " + times);
    }
    return image;
  }
}

package io.godwit.engine;

import io.godwit.core.Epoch;
import io.godwit.core.Pid;
import io.godwit.engine.extract.Extractor;
import io.godwit.engine.freeze.Freezer;
import io.godwit.engine.freeze.FrozenProcess;
import io.godwit.engine.freeze.FrozenTree;
import io.godwit.engine.kind.ResourceKind;
import io.godwit.engine.kind.memory.MemoryKind;
import io.godwit.engine.kind.thread.ThreadKind;
import io.godwit.engine.kind.tree.TreeKind;
import io.godwit.engine.pages.PageReader;
import io.godwit.engine.restore.RestoreOptions;
import io.godwit.engine.restore.Restorer;
import io.godwit.image.Clocks;
import io.godwit.image.LiveProcess;
import io.godwit.image.Namespaces;
import io.godwit.image.Origin;
import io.godwit.image.PodIdentity;
import io.godwit.linux.PageMap;
import io.godwit.linux.Tracer;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Moves a tree from this machine to this machine: freeze, extract, kill, build, release. */
final class Mover {
  static final List<ResourceKind> KINDS =
      List.of(new TreeKind(), new MemoryKind(), new ThreadKind(), new BareKind());

  private Mover() {}

  static Extractor.Surroundings around(Pid main) {
    return new Extractor.Surroundings(
        new PodIdentity("test", Optional.empty(), Optional.empty(), Epoch.FIRST, main),
        new Origin("test", "here", "6.18", "x86_64", List.of(), 0, 4096),
        new Namespaces(Set.of(), "here", "(none)", List.of()));
  }

  /** Moves the tree below a process; its processes are children of the test afterwards. */
  static void move(Tracer tracer, Pid root) {
    tracer.run(() -> moveHere(tracer, root));
  }

  private static void moveHere(Tracer tracer, Pid root) {
    long t0 = System.nanoTime();
    FrozenTree tree = Freezer.freeze(tracer, List.of(root), Set.of());
    long t1 = System.nanoTime();
    Extractor.Extraction extraction =
        Extractor.extract(tree, KINDS, around(root), new Clocks(0, 0, 0));
    long t2 = System.nanoTime();
    // The pages are read completely before the source is killed, since both have the same numbers.
    java.util.ArrayList<io.godwit.engine.pages.PageSource.Run> runs = new java.util.ArrayList<>();
    PageReader reader = new PageReader();
    for (LiveProcess process : extraction.image().live()) {
      FrozenProcess frozen = tree.process(process.pid()).orElseThrow();
      try (PageMap map = PageMap.open(frozen.hostPid())) {
        io.godwit.engine.pages.PageSink keep =
            (object, address, content) -> {
              java.nio.ByteBuffer copy = java.nio.ByteBuffer.allocateDirect(content.remaining());
              copy.put(content).flip();
              runs.add(new io.godwit.engine.pages.PageSource.Run(object, address, copy));
            };
        reader.send(
            process.memory().id(),
            frozen.memory(),
            PageReader.privatePages(process.memory(), map),
            keep);
        reader.sendVdso(process.memory(), frozen.memory(), keep);
        for (var content : extraction.contents()) {
          reader.send(content, keep);
        }
      }
    }
    long t3 = System.nanoTime();
    tree.kill();
    long t4 = System.nanoTime();
    Restorer restorer = new Restorer(extraction.image(), KINDS, RestoreOptions.here(), tracer);
    try {
      restorer.prepare();
      restorer.makeProcesses();
      long t5 = System.nanoTime();
      restorer.makeMemory();
      long t6 = System.nanoTime();
      var iterator = runs.iterator();
      restorer.writePages(() -> iterator.hasNext() ? iterator.next() : null);
      long t7 = System.nanoTime();
      restorer.finish();
      restorer.release();
      long t8 = System.nanoTime();
      System.out.printf(
          "freeze %d extract %d read %d kill %d processes %d memory %d write %d finish %d us%n",
          (t1 - t0) / 1000,
          (t2 - t1) / 1000,
          (t3 - t2) / 1000,
          (t4 - t3) / 1000,
          (t5 - t4) / 1000,
          (t6 - t5) / 1000,
          (t7 - t6) / 1000,
          (t8 - t7) / 1000);
    } catch (RuntimeException e) {
      restorer.discard();
      throw e;
    }
  }
}

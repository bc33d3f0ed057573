package io.godwit.engine;

import io.godwit.core.AddressRange;
import io.godwit.core.Pid;
import io.godwit.engine.pages.FaultKeeper;
import io.godwit.engine.pages.FaultServer;
import io.godwit.engine.pages.FrozenOrigin;
import io.godwit.engine.pages.HotPages;
import io.godwit.engine.pages.PageSink;
import io.godwit.engine.pages.PageSource;
import io.godwit.engine.pages.Precopy;
import io.godwit.image.LiveProcess;
import io.godwit.image.ObjectId;
import io.godwit.image.PodImage;
import io.godwit.linux.RemoteMemory;
import io.godwit.policy.transfer.StopRule;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Moves a tree under a strategy from where it is into a PID namespace of its own. */
final class Carrier implements AutoCloseable {
  enum Strategy {
    EAGER,
    PRECOPY,
    HYBRID,
    COPY_ON_REFERENCE
  }

  /** What one move took; {@code bytesInFreeze} of pages, {@code stops} while they followed. */
  record Move(
      boolean revised,
      long earlyBytes,
      long bytesInFreeze,
      long residualNanos,
      long faults,
      int stops) {}

  private static final boolean TELL = Boolean.getBoolean("godwit.test.times");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Engine engine = new Mover().engine();
  private final Deque<Nest> nests = new ArrayDeque<>();
  private final StringBuilder times = new StringBuilder();
  private Pid root;
  private Consumer<FaultServer> whileMissing = server -> {};

  Carrier(Pid root) {
    this.root = root;
  }

  /** What to do while the processes run and nothing is brought that they do not touch. */
  void whileMissing(Consumer<FaultServer> what) {
    whileMissing = what;
  }

  /** Where the main process is now. */
  Pid root() {
    return root;
  }

  private void note(Phase phase, long nanos, long bytes) {
    if (nanos > 300_000 && phase != Phase.WRITE_PAGES) {
      times.append(phase).append(' ').append(nanos / 1000).append("  ");
    }
  }

  private static PageSink into(RebuiltPod pod) {
    return (object, address, content) -> {
      Deque<PageSource.Run> one = new ArrayDeque<>();
      one.add(new PageSource.Run(object, address, content));
      pod.writePages(one::poll);
    };
  }

  Move move(Strategy strategy) {
    times.setLength(0);
    Nest nest = new Nest();
    nests.addLast(nest);
    Move move =
        switch (strategy) {
          case EAGER, COPY_ON_REFERENCE -> anew(nest, strategy == Strategy.COPY_ON_REFERENCE);
          case PRECOPY, HYBRID -> early(nest, strategy == Strategy.HYBRID);
        };
    if (TELL) {
      System.out.println(strategy + " " + move + " " + times);
    }
    while (nests.size() > 1) {
      nests.removeFirst().close();
    }
    return move;
  }

  private Move anew(Nest nest, boolean later) {
    try (FrozenPod source = freeze()) {
      return build(nest, source, source.privatePages(), later, 0);
    }
  }

  private FrozenPod freeze() {
    return engine.freeze(List.of(root), Set.of(), Mover.around(root), this::note);
  }

  private Move early(Nest nest, boolean later) {
    try (Precopy precopy =
        engine.precopy(List.of(root), Set.of(), Mover.around(root), this::note)) {
      RebuiltPod pod = engine.rebuild(precopy.image(), nest.options(), nest.tracer(), this::note);
      try {
        pod.makeEarly();
        if (later) {
          precopy.scan();
          precopy.send(into(pod));
        } else {
          precopy.rounds(into(pod), StopRule.DEFAULT);
        }
        times.append("| ");
        try (FrozenPod source = freeze()) {
          Precopy.Remainder rest = precopy.remainder(source.image(), source.privatePages(), later);
          if (rest.revisable() && pod.revise(source.image(), rest.dropped())) {
            return finish(pod, source, rest.needed(), later, precopy.sentBytes(), true);
          }
          pod.close();
          Nest other = new Nest(); // in the first one the numbers are taken by what has just ended
          nests.addLast(other);
          return build(other, source, source.privatePages(), later, precopy.sentBytes());
        }
      } finally {
        pod.close();
      }
    }
  }

  private Move build(
      Nest nest,
      FrozenPod source,
      Map<ObjectId, List<AddressRange>> needed,
      boolean later,
      long earlyBytes) {
    try (RebuiltPod pod =
        engine.rebuild(source.image(), nest.options(), nest.tracer(), this::note)) {
      pod.make();
      return finish(pod, source, needed, later, earlyBytes, false);
    }
  }

  private Move finish(
      RebuiltPod pod,
      FrozenPod source,
      Map<ObjectId, List<AddressRange>> needed,
      boolean later,
      long earlyBytes,
      boolean revised) {
    PodImage image = source.image();
    if (!later) {
      long bytes = source.sendPages(into(pod), needed);
      pod.finish();
      release(pod, image);
      source.kill();
      return new Move(revised, earlyBytes, bytes, 0, 0, 0);
    }
    HotPages.Division pages = HotPages.divide(image, needed);
    long bytes = source.sendPages(into(pod), pages.now());
    Map<ObjectId, RemoteMemory> memories = new HashMap<>();
    for (LiveProcess process : image.live()) {
      memories.put(
          process.memory().id(), source.tree().process(process.pid()).orElseThrow().memory());
    }
    try (Standstill standstill = Standstill.of(pod);
        FaultServer server = new FaultServer(true, FaultKeeper.NONE, standstill, null);
        FrozenOrigin origin = new FrozenOrigin(memories, server)) {
      pod.serveFaults(server, pages.later());
      server.start(origin);
      pod.finish();
      release(pod, image);
      long resumed = System.nanoTime();
      whileMissing.accept(server);
      server.push();
      if (!server.await(PATIENCE) || server.lostBecause() != null) {
        throw new AssertionError(
            "pages do not come: %s, %d bytes"
                .formatted(server.lostBecause(), server.residualBytes()));
      }
      long residual = System.nanoTime() - resumed;
      source.kill();
      return new Move(
          revised, earlyBytes, bytes, residual, server.served().faults(), standstill.stops());
    }
  }

  private void release(RebuiltPod pod, PodImage image) {
    Pid main = image.live().getFirst().pid();
    root =
        pod.processes().stream()
            .filter(process -> process.podPid().equals(main))
            .findFirst()
            .orElseThrow()
            .hostPid();
    pod.release();
  }

  @Override
  public void close() {
    nests.forEach(Nest::close);
  }
}

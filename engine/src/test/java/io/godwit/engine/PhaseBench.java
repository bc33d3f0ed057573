package io.godwit.engine;

import io.godwit.core.Pid;
import io.godwit.engine.extract.ImageDraft;
import io.godwit.engine.freeze.FrozenTree;
import io.godwit.engine.kind.Inspection;
import io.godwit.engine.kind.ResourceKind;
import io.godwit.engine.pages.PageSink;
import io.godwit.engine.pages.PageSource;
import io.godwit.engine.restore.Restoration;
import io.godwit.engine.restore.RestoreStage;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Signals;
import io.godwit.linux.abi.Spawn;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.cgroup.Cgroup;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Prints where the time of moves of a real program goes: by phase and kind, least and median, and
 * how often a traced thread was resumed. Arguments: milliseconds before the first move, moves,
 * program, its arguments. Not a test.
 */
final class PhaseBench {
  private final Map<String, List<Long>> times = new LinkedHashMap<>();

  private PhaseBench() {}

  /** Tells the time of another kind. */
  private record Timed(ResourceKind kind, PhaseBench bench) implements ResourceKind {
    @Override
    public String name() {
      return kind.name();
    }

    @Override
    public void inspect(Inspection inspection) {
      bench.time("  inspect " + name(), () -> kind.inspect(inspection));
    }

    @Override
    public void collect(FrozenTree tree, ImageDraft draft) {
      bench.time("  collect " + name(), () -> kind.collect(tree, draft));
    }

    @Override
    public void recreate(RestoreStage stage, Restoration restoration) {
      bench.time("  " + stage + " " + name(), () -> kind.recreate(stage, restoration));
    }
  }

  private void time(String what, Runnable work) {
    long start = System.nanoTime();
    work.run();
    note(what, System.nanoTime() - start);
  }

  private void note(String what, long value) {
    times.computeIfAbsent(what, w -> new ArrayList<>()).add(value);
  }

  private void note(Phase phase, long nanos, long bytes) {
    if (phase != Phase.WRITE_PAGES) {
      note(phase.name(), nanos);
    }
  }

  public static void main(String[] arguments) throws Exception {
    PhaseBench bench = new PhaseBench();
    String[] program = Arrays.copyOfRange(arguments, 2, arguments.length);
    int pid = Spawn.spawnApart(program[0], program);
    Thread.sleep(Long.parseLong(arguments[0]));
    bench.run(new Pid(pid), Integer.parseInt(arguments[1]));
    bench.times.forEach(
        (what, all) -> {
          List<Long> sorted = all.stream().sorted().toList();
          System.out.printf(
              Locale.ROOT,
              "%-34s least %9.3f median %9.3f most %9.3f%n",
              what,
              sorted.getFirst() / 1e6,
              sorted.get(sorted.size() / 2) / 1e6,
              sorted.getLast() / 1e6);
        });
  }

  private void run(Pid first, int moves) {
    Engine engine =
        new Engine(
            StandardKinds.all().stream()
                .map(kind -> (ResourceKind) new Timed(kind, this))
                .toList());
    Pid root = first;
    Deque<Nest> nests = new ArrayDeque<>();
    for (int i = 0; i < moves; i++) {
      Nest nest = new Nest();
      nests.addLast(nest);
      long before = nest.tracer().resumes();
      long start = System.nanoTime();
      try (FrozenPod source =
          engine.freeze(List.of(root), Set.of(), Mover.around(root), this::note)) {
        try (RebuiltPod pod =
            engine.rebuild(source.image(), nest.options(), nest.tracer(), this::note)) {
          pod.make();
          long processor = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
          note("bytes", source.sendPages(into(pod)) * 1_000_000);
          note(
              "processor time of SEND_PAGES",
              ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - processor);
          pod.finish();
          root = pod.processes().getFirst().hostPid();
          release(pod, root);
        }
        note("= freeze", System.nanoTime() - source.frozenSince());
        note("= all", System.nanoTime() - start);
        note("resumes at the source", source.tree().tracer().resumes() * 1_000_000);
        source.kill();
      }
      note("resumes at the destination", (nest.tracer().resumes() - before) * 1_000_000);
      while (nests.size() > 1) {
        nests.removeFirst().close();
      }
    }
    Kernel.call(Syscall.KILL, root.number(), Signals.SIGKILL);
    nests.forEach(Nest::close);
  }

  /** As a node does it, where there are control groups: held by one, then let go. */
  private void release(RebuiltPod pod, Pid root) {
    Cgroup group =
        Cgroup.root().map(all -> all.child("godwit-phases-" + root)).orElse(new Cgroup("/none"));
    if (Cgroup.root().isEmpty()) {
      pod.release();
      return;
    }
    Cgroup.root().orElseThrow().create("godwit-phases-" + root);
    group.add(root);
    time("detach", () -> pod.detachFrozen(Path.of(group.path())));
    group.thaw();
    Cgroup.root().orElseThrow().add(root);
    group.remove();
  }

  private static PageSink into(RebuiltPod pod) {
    return (object, address, content) -> {
      Deque<PageSource.Run> one = new ArrayDeque<>();
      one.add(new PageSource.Run(object, address, content));
      pod.writePages(one::poll);
    };
  }
}

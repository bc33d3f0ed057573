package io.godwit.engine;

import io.godwit.core.Pid;
import io.godwit.engine.extract.Extractor;
import io.godwit.engine.extract.SourceClocks;
import io.godwit.engine.freeze.Freezer;
import io.godwit.engine.freeze.FrozenTree;
import io.godwit.engine.kind.ExternalDescriptor;
import io.godwit.engine.kind.Inspection;
import io.godwit.engine.kind.ResourceKind;
import io.godwit.engine.pages.Precopy;
import io.godwit.engine.restore.RestoreOptions;
import io.godwit.engine.restore.Restorer;
import io.godwit.image.PodImage;
import io.godwit.linux.LinuxException;
import io.godwit.linux.Tracer;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.proc.ProcFs;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The way into this room: a live process tree to an image and back.
 *
 * <pre>
 * Engine engine = new Engine(StandardKinds.all());
 * engine.inspect(roots, external).throwIfRefused();
 * try (FrozenPod source = engine.freeze(roots, external, around, listener)) {
 *   ... source.image() to the destination ...
 *   source.sendPages(sink);
 *   source.kill();                     // or source.undo(), which close() does if nothing else was
 * }
 *
 * try (Tracer tracer = Tracer.start();
 *     RebuiltPod pod = engine.rebuild(image, options, tracer, listener)) {
 *   pod.make();                        // before or while the pages come
 *   pod.writePages(source);
 *   pod.finish();
 *   pod.release();                     // or pod.detachFrozen(cgroup); close() alone discards
 * }
 * </pre>
 *
 * Instances hold no state and may be shared.
 */
public final class Engine {
  private final List<ResourceKind> kinds;

  /**
   * @param kinds in the order in which they are called; see {@link StandardKinds}
   */
  public Engine(List<ResourceKind> kinds) {
    this.kinds = List.copyOf(kinds);
  }

  /**
   * Looks for what cannot be moved, while the processes run and without disturbing them.
   *
   * @param roots in the node's PID namespace
   */
  public Inspection inspect(List<Pid> roots, Set<ExternalDescriptor> external) {
    Inspection inspection = new Inspection(descendants(roots), external);
    kinds.forEach(kind -> kind.inspect(inspection));
    return inspection;
  }

  /** The processes and all their descendants now, parents first. */
  public static List<Pid> descendants(List<Pid> roots) {
    Set<Pid> found = new LinkedHashSet<>(roots);
    List<Pid> queue = new ArrayList<>(roots);
    for (int i = 0; i < queue.size(); i++) {
      try {
        for (Pid child : ProcFs.host().process(queue.get(i)).children()) {
          if (found.add(child)) {
            queue.add(child);
          }
        }
      } catch (LinuxException e) {
        if (!e.is(Errno.ENOENT) && !e.is(Errno.ESRCH)) {
          throw e;
        }
        // It ended; its children have another parent now.
      }
    }
    return List.copyOf(queue);
  }

  /**
   * Stops a tree and describes it. On any failure it goes on as if nothing had happened.
   *
   * @param roots in the node's PID namespace
   * @param external descriptors that the caller supplies again at the destination
   */
  public FrozenPod freeze(
      List<Pid> roots,
      Set<ExternalDescriptor> external,
      Extractor.Surroundings around,
      PhaseListener listener) {
    Tracer tracer = Tracer.start();
    try {
      return tracer.call(() -> freezeHere(tracer, roots, external, around, listener));
    } catch (RuntimeException e) {
      tracer.close();
      throw e;
    }
  }

  /**
   * Begins to send a tree's memory while it runs: freezes it for a moment, describes it, begins to
   * track what it writes and lets it run on.
   */
  public Precopy precopy(
      List<Pid> roots,
      Set<ExternalDescriptor> external,
      Extractor.Surroundings around,
      PhaseListener listener) {
    try (FrozenPod moment = freeze(roots, external, around, listener)) {
      FrozenTree tree = moment.tree();
      return tree.tracer().call(() -> Precopy.begin(tree, moment.image()));
    }
  }

  /**
   * Moves processes that do nothing, on this machine, so that the first real freeze meets classes
   * that are loaded, code that is compiled and memory that has been touched. Takes some hundred
   * milliseconds, seconds on a busy machine; for a thread of its own. Gives back whether it could
   * be done: the process's number may be taken meanwhile, or the right to trace be missing.
   */
  public boolean warmUp() {
    return WarmUp.with(this);
  }

  private FrozenPod freezeHere(
      Tracer tracer,
      List<Pid> roots,
      Set<ExternalDescriptor> external,
      Extractor.Surroundings around,
      PhaseListener listener) {
    PhaseTimer timer = new PhaseTimer(listener);
    FrozenTree[] tree = new FrozenTree[1];
    timer.time(Phase.FREEZE, () -> tree[0] = Freezer.freeze(tracer, roots, external));
    try {
      Extractor.Extraction[] extraction = new Extractor.Extraction[1];
      timer.time(
          Phase.EXTRACT,
          () ->
              extraction[0] =
                  Extractor.extract(
                      tree[0],
                      kinds,
                      around,
                      SourceClocks.of(tree[0].processes().getFirst().hostPid())));
      tree[0].rest();
      return new FrozenPod(tree[0], extraction[0], timer);
    } catch (RuntimeException e) {
      tree[0].undo();
      throw e;
    }
  }

  /**
   * Begins to build a tree. The caller owns the tracer, which must also own the parent's tracee
   * where the options name one.
   */
  public RebuiltPod rebuild(
      PodImage image, RestoreOptions options, Tracer tracer, PhaseListener listener) {
    Restorer restorer = tracer.call(() -> new Restorer(image, kinds, options, tracer));
    return new RebuiltPod(tracer, kinds, restorer, new PhaseTimer(listener));
  }
}

package io.godwit.engine;

import io.godwit.core.AddressRange;
import io.godwit.core.Pid;
import io.godwit.engine.kind.ResourceKind;
import io.godwit.engine.pages.FaultServer;
import io.godwit.engine.pages.LayoutChange;
import io.godwit.engine.pages.PageSource;
import io.godwit.engine.restore.RestoredProcess;
import io.godwit.engine.restore.Restorer;
import io.godwit.image.ObjectId;
import io.godwit.image.PodImage;
import io.godwit.linux.Tracer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A tree that is being built and does not run yet. {@link #release} or {@link #detachFrozen} ends
 * the work; {@link #close} before one of them kills everything that was built. Methods may be
 * called from any thread, one at a time.
 */
public final class RebuiltPod implements AutoCloseable {
  private final Tracer tracer;
  private final List<ResourceKind> kinds;
  private Restorer restorer;
  private final PhaseTimer timer;
  private boolean ended;

  RebuiltPod(Tracer tracer, List<ResourceKind> kinds, Restorer restorer, PhaseTimer timer) {
    this.tracer = tracer;
    this.kinds = kinds;
    this.restorer = restorer;
    this.timer = timer;
  }

  /** Makes everything that does not need the contents of memory. */
  public void make() {
    tracer.run(
        () -> {
          timer.time(Phase.PREPARE, restorer::prepare);
          timer.time(Phase.MAKE_PROCESSES, restorer::makeProcesses);
          timer.time(Phase.MAKE_MEMORY, restorer::makeMemory);
        });
  }

  /**
   * Makes what can be made from a preliminary image, while the source runs: the processes and their
   * private memory, into which {@link #writePages} puts pages as they come. {@link #revise}
   * follows.
   */
  public void makeEarly() {
    tracer.run(
        () -> {
          timer.time(Phase.MAKE_PROCESSES, restorer::makeEarlyProcesses);
          timer.time(Phase.MAKE_MEMORY, restorer::makeEarlyMemory);
        });
  }

  /**
   * Turns what was made early into what the final image says, all but the pages that are still
   * missing. The remaining steps are those after {@link #make}.
   *
   * @param last for which {@link io.godwit.engine.pages.LayoutChange#isPossible} holds
   * @param dropped pages that came early and exist no more, by process
   * @return false if it cannot be done; the caller closes this and builds the final image anew
   */
  public boolean revise(PodImage last, Map<Pid, List<AddressRange>> dropped) {
    if (!LayoutChange.isPossible(restorer.image(), last)) {
      return false;
    }
    return tracer.call(
        () -> {
          Optional<Restorer> revised = restorer.revised(last, kinds);
          if (revised.isEmpty()) {
            return false;
          }
          restorer = revised.get();
          timer.time(Phase.PREPARE, restorer::prepare);
          timer.time(Phase.MAKE_PROCESSES, restorer::reviseProcesses);
          timer.time(Phase.MAKE_MEMORY, () -> restorer.reviseMemory(dropped));
          return true;
        });
  }

  /** Fills memory from the source until it has no more; gives back how many bytes. */
  public long writePages(PageSource source) {
    return timer.timeBytes(Phase.WRITE_PAGES, () -> restorer.writePages(source));
  }

  /**
   * Lets a server bring pages when they are touched. After the other pages have been written and
   * before {@link #finish}, from which on the server must be at work.
   *
   * @param missing by address space of the image
   */
  public void serveFaults(FaultServer server, Map<ObjectId, List<AddressRange>> missing) {
    tracer.run(() -> restorer.serveFaults(server, missing));
  }

  /** Makes the threads and all that is left; afterwards only the release is missing. */
  public void finish() {
    tracer.run(() -> timer.time(Phase.FINISH, restorer::finish));
  }

  /** The processes with their numbers here; empty before {@link #make}. */
  public List<RestoredProcess> processes() {
    return restorer.processes();
  }

  /** Lets everything run. */
  public void release() {
    ended = true;
    tracer.run(() -> timer.time(Phase.RELEASE, restorer::release));
  }

  /**
   * Lets go of the processes while their cgroup holds them: they run when 0 is written to its
   * cgroup.freeze, all at once, whether this process lives then or not.
   *
   * @param cgroup the cgroup v2 directory in which all of them are
   */
  public void detachFrozen(Path cgroup) {
    ended = true;
    tracer.run(
        () -> {
          FrozenCgroup.freeze(cgroup);
          timer.time(Phase.RELEASE, restorer::release);
          FrozenCgroup.awaitFrozen(cgroup);
        });
  }

  /** Kills what was built, unless it was released. */
  @Override
  public void close() {
    if (!ended) {
      ended = true;
      tracer.run(restorer::discard);
    }
  }
}

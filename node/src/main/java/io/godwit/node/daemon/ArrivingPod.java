package io.godwit.node.daemon;

import io.godwit.core.GodwitException;
import io.godwit.engine.Engine;
import io.godwit.engine.PhaseListener;
import io.godwit.engine.RebuiltPod;
import io.godwit.engine.pages.PageOrigin;
import io.godwit.image.ObjectId;
import io.godwit.image.PodImage;
import io.godwit.image.codec.PodCodec;
import io.godwit.linux.LinuxException;
import io.godwit.node.NodeError;
import io.godwit.node.NodeLimits;
import io.godwit.node.migration.ProcessMover;
import io.godwit.node.pod.ArrivalPod;
import io.godwit.node.pod.ConsoleRelay;
import io.godwit.node.pod.ConsoleState;
import io.godwit.node.pod.Pod;
import io.godwit.node.visits.KeptCopies;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A pod that is being built at its destination. */
final class ArrivingPod implements ProcessMover.Arrival {
  private static final Logger LOG = System.getLogger(ArrivingPod.class.getName());

  private final Engine engine;
  private final ArrivalPod room;
  private final Pod pod;
  private final ProcessEntry entry;
  private final LocalProcesses processes;
  private final FollowingPages following;
  private final KeptCopies kept;
  private @Nullable RebuiltPod begun;
  private FollowingPages.@Nullable Following behind;
  private @Nullable ConsoleRelay relay;

  /** How many processes there must be. */
  private int size = 1;

  /** What the pod's monotonic clock showed when it was frozen. */
  private long frozenAt;

  ArrivingPod(
      Engine engine,
      ArrivalPod room,
      ProcessEntry entry,
      LocalProcesses processes,
      FollowingPages following,
      KeptCopies kept) {
    this.kept = kept;
    this.following = following;
    this.engine = engine;
    this.room = room;
    this.pod = room.pod();
    this.entry = entry;
    this.processes = processes;
  }

  @Override
  public boolean prepare(byte[] description) {
    RebuiltPod early =
        engine.rebuild(
            PodCodec.decode(ByteBuffer.wrap(description), "the first description of " + pod.id()),
            room.options(),
            room.tracer(),
            PhaseListener.NONE);
    try {
      early.makeEarly();
      begun = early;
      return true;
    } catch (GodwitException | LinuxException cannot) {
      LOG.log(Level.INFO, "{0} is built in the freeze: {1}", pod.id(), cannot.getMessage());
      early.close();
      room.clear();
      return false;
    }
  }

  @Override
  public void take(ProcessMover.PageSource pages) {
    long written = Objects.requireNonNull(begun).writePages(() -> run(pages.next()));
    assert written >= 0;
  }

  @Override
  public void build(
      byte[] description,
      ProcessMover.PageSource pages,
      Function<PageOrigin.Answers, ProcessMover.PagesBehind> origins) {
    FrozenState state = FrozenState.of(description);
    try (RebuiltPod built = made(state)) {
      begun = null;
      long written = built.writePages(() -> run(pages.next()));
      assert written >= 0;
      if (!state.following().isEmpty()) {
        FollowingPages.Following pod = following.of(room);
        behind = pod;
        built.serveFaults(pod.server(), state.following());
        pod.start(origins.apply(pod.server()));
      }
      built.finish();
      room.detach(built);
    }
    room.letGo();
    if (state.console().hasRemaining()) {
      byte[] console = new byte[state.console().remaining()];
      state.console().duplicate().get(console);
      relay = ConsoleRelay.restored(pod, ConsoleState.of(console));
    }
  }

  private RebuiltPod made(FrozenState state) {
    PodImage image = PodCodec.decode(state.image(), "the description of '" + pod.id() + "'");
    size = image.live().size();
    frozenAt = image.clocks().monotonicNanos();
    checkClock();
    RebuiltPod early = begun;
    if (early != null && state.revises()) {
      if (early.revise(image, state.dropped())) {
        return early;
      }
      throw new GodwitException(
          NodeError.NOT_REVISABLE,
          "building '" + pod.id() + "'",
          "what was built before the freeze stands in its way",
          "it is tried again without");
    }
    if (early != null) {
      begun = null;
      early.close();
      room.clear();
    }
    RebuiltPod anew = engine.rebuild(image, room.options(), room.tracer(), PhaseListener.NONE);
    try {
      anew.make();
      return anew;
    } catch (RuntimeException failed) {
      anew.close();
      throw failed;
    }
  }

  private static io.godwit.engine.pages.PageSource.@Nullable Run run(
      ProcessMover.PageSource.@Nullable Run run) {
    return run == null
        ? null
        : new io.godwit.engine.pages.PageSource.Run(
            new ObjectId(run.object()), run.address(), run.content(), run.zeros());
  }

  private void checkClock() {
    if (clockLag() > NodeLimits.CLOCK_LAG.toNanos()) {
      throw new GodwitException(
          NodeError.CLOCK_BEHIND,
          "taking '" + pod.id() + "'",
          "its clock here is " + clockLag() / 1_000_000 + " ms behind what it has seen already",
          "try again when the network between the nodes is less busy");
    }
  }

  /**
   * By how much the pod's clock is behind. It was set before the freeze from a reading that was on
   * its way for a while, and lags by as long as that took.
   */
  private long clockLag() {
    return frozenAt - pod.record().clocks().now().monotonicNanos();
  }

  /** A monotonic clock never goes back, not even by the length of the way. */
  private void awaitClock() {
    for (long lag = clockLag(); lag > 0; lag = clockLag()) {
      LockSupport.parkNanos(lag);
    }
  }

  @Override
  public boolean whole() {
    return pod.processes().size() >= size;
  }

  @Override
  public void thaw() {
    processes.thawing(pod, entry);
    awaitClock();
    pod.cgroup().thaw();
    kept.remove(pod.id());
    FollowingPages.Following pages = behind;
    if (pages != null) {
      pages.follow();
    }
    ConsoleRelay console = relay;
    if (console != null) {
      try {
        console.resume();
      } catch (InterruptedException stopping) {
        Thread.currentThread().interrupt();
      }
      processes.relayed(pod.id(), console, entry.home());
    }
  }

  @Override
  public void discard() {
    // Before its end, for which the next attempt to bring it here waits.
    processes.forgetVisitor(pod.id());
    pod.relinquish();
    FollowingPages.Following pages = behind;
    if (pages != null) {
      pages.giveUp();
    }
    room.letGo();
    ConsoleRelay console = relay;
    if (console != null) {
      console.close();
    } else {
      pod.streams().close();
    }
  }
}

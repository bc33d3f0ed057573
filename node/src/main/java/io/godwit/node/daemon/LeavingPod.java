package io.godwit.node.daemon;

import io.godwit.core.AddressRange;
import io.godwit.core.GodwitException;
import io.godwit.engine.FrozenPod;
import io.godwit.engine.pages.FrozenOrigin;
import io.godwit.engine.pages.HotPages;
import io.godwit.engine.pages.PageOrigin;
import io.godwit.engine.pages.Precopy;
import io.godwit.image.ObjectId;
import io.godwit.image.codec.PodCodec;
import io.godwit.node.NodeError;
import io.godwit.node.NodeLimits;
import io.godwit.node.migration.ProcessMover;
import io.godwit.node.migration.TransferStrategy;
import io.godwit.node.pod.ConsoleRelay;
import io.godwit.node.pod.ConsoleState;
import io.godwit.node.pod.Pod;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A frozen pod at its source. Signals to it are held until it goes on or is gone. */
final class LeavingPod implements ProcessMover.Departure {
  private final Pod pod;
  private final FrozenPod frozen;
  private final Optional<ConsoleRelay> relay;
  private final TransferStrategy strategy;
  private final @Nullable Precopy begun;
  private final LeftMemory left;
  private final VisitKeeper keeper;
  private @Nullable ConsoleState console;
  private @Nullable FrozenOrigin origin;
  private HotPages.Division pages = new HotPages.Division(Map.of(), Map.of());

  /**
   * Takes over what was frozen.
   *
   * @param begun what the destination has already, or null; closed by this
   * @param left where to remember that pages were left
   * @param keeper keeps a copy for the time when it comes back
   */
  LeavingPod(
      Pod pod,
      FrozenPod frozen,
      Optional<ConsoleRelay> relay,
      TransferStrategy strategy,
      @Nullable Precopy begun,
      LeftMemory left,
      VisitKeeper keeper) {
    this.pod = pod;
    this.frozen = frozen;
    this.relay = relay;
    this.strategy = strategy;
    this.begun = begun;
    this.left = left;
    this.keeper = keeper;
  }

  @Override
  public void redirect() {
    try {
      if (relay.isPresent()) {
        console = relay.get().suspend();
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw interrupted(pod.id());
    }
  }

  @Override
  public byte[] describe() {
    Map<ObjectId, List<AddressRange>> present = frozen.privatePages();
    Precopy.Remainder rest = rest(present);
    pages = divided(present, rest.needed());
    ByteBuffer image = ByteBuffer.wrap(PodCodec.encode(frozen.image()));
    frozen.yieldLocks();
    ConsoleState state = console;
    return new FrozenState(
            image,
            rest.revisable(),
            rest.dropped(),
            withPages(pages.later()),
            ByteBuffer.wrap(state == null ? new byte[0] : state.toBytes()))
        .toBytes();
  }

  private HotPages.Division divided(
      Map<ObjectId, List<AddressRange>> present, Map<ObjectId, List<AddressRange>> needed) {
    if (strategy.stores()) {
      return HotPages.divideStored(frozen.image(), present, needed);
    }
    return strategy.follows() && !fewAreLeft(needed)
        ? HotPages.divide(frozen.image(), needed)
        : new HotPages.Division(needed, Map.of());
  }

  /**
   * Whether a first pass has left so little that it goes sooner than one fault would be answered.
   * What was written last is also what is touched first.
   */
  private boolean fewAreLeft(Map<ObjectId, List<AddressRange>> needed) {
    return strategy.pass() == TransferStrategy.Pass.ONE
        && needed.values().stream().flatMap(List::stream).mapToLong(AddressRange::length).sum()
            <= NodeLimits.FEW_BYTES_LEFT;
  }

  private Precopy.Remainder rest(Map<ObjectId, List<AddressRange>> present) {
    return begun == null
        ? new Precopy.Remainder(false, present, Map.of())
        : begun.remainder(frozen.image(), present, strategy.follows());
  }

  private static Map<ObjectId, List<AddressRange>> withPages(
      Map<ObjectId, List<AddressRange>> ranges) {
    Map<ObjectId, List<AddressRange>> found = new HashMap<>(ranges);
    found.values().removeIf(List::isEmpty);
    return found;
  }

  @Override
  public void transfer(ProcessMover.PageSink sink) {
    long bytes = frozen.sendPages(new EngineSink(sink), pages.now());
    assert bytes >= 0;
  }

  @Override
  public boolean leavesPages() {
    return !withPages(pages.later()).isEmpty();
  }

  @Override
  public PageOrigin serve(PageOrigin.Answers answers) {
    FrozenOrigin made = FrozenOrigin.of(LeftMemory.spaces(frozen), answers);
    origin = made;
    return made;
  }

  @Override
  public void remember(ProcessMover.Way to, long bandwidth) {
    left.write(new LeftMemory.Note(to, bandwidth, LeftMemory.spaces(frozen)));
  }

  @Override
  public void seal() {
    // They count as frozen only when the tracer has let go; the request holds them from then on.
    pod.cgroup().requestFreeze();
  }

  @Override
  public void undo() {
    stopServing();
    try {
      // The tracer holds them still; calls cannot be made in them under a frozen cgroup.
      pod.cgroup().thaw();
      frozen.undo();
    } finally {
      pod.releaseSignals();
    }
    endTracking();
    try {
      if (relay.isPresent() && console != null) {
        relay.get().resume();
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void kill() {
    stopServing();
    pod.disown();
    pod.releaseSignals();
    keeper.keep(frozen, this::remove);
  }

  private void remove() {
    pod.relinquish();
    frozen.kill();
    endTracking();
  }

  private void stopServing() {
    left.remove();
    FrozenOrigin serving = origin;
    if (serving != null) {
      origin = null;
      serving.close();
    }
  }

  private void endTracking() {
    if (begun != null) {
      begun.close();
    }
  }

  static GodwitException interrupted(String pod) {
    return new GodwitException(
        NodeError.STOPPING, "migrating '" + pod + "'", "the daemon stops", "try again");
  }
}

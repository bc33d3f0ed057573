package io.godwit.node.daemon;

import io.godwit.core.GodwitException;
import io.godwit.engine.Engine;
import io.godwit.engine.PhaseListener;
import io.godwit.engine.RebuiltPod;
import io.godwit.image.ObjectId;
import io.godwit.image.codec.PodCodec;
import io.godwit.node.NodeError;
import io.godwit.node.NodeLimits;
import io.godwit.node.migration.ProcessMover;
import io.godwit.node.pod.ArrivalPod;
import io.godwit.node.pod.ConsoleRelay;
import io.godwit.node.pod.ConsoleState;
import io.godwit.node.pod.Pod;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A pod that is being built at its destination. */
final class ArrivingPod implements ProcessMover.Arrival {
  private final Engine engine;
  private final ArrivalPod room;
  private final Pod pod;
  private final ProcessEntry entry;
  private final LocalProcesses processes;
  private @Nullable ConsoleRelay relay;

  ArrivingPod(Engine engine, ArrivalPod room, ProcessEntry entry, LocalProcesses processes) {
    this.engine = engine;
    this.room = room;
    this.pod = room.pod();
    this.entry = entry;
    this.processes = processes;
  }

  @Override
  public void build(byte[] description, ProcessMover.PageSource pages) {
    ByteBuffer in = ByteBuffer.wrap(description);
    int length = in.remaining() < 4 ? -1 : in.getInt();
    if (length < 0 || length > in.remaining() || length > NodeLimits.METADATA_BYTES) {
      throw new GodwitException(
          NodeError.STATE_INCOMPLETE,
          "taking '" + pod.id() + "'",
          "its description is cut short",
          "run the same version of Godwit on both nodes");
    }
    ByteBuffer image = in.slice(in.position(), length);
    byte[] console = new byte[in.remaining() - length];
    in.position(in.position() + length).get(console);
    rebuild(image, pages);
    if (console.length > 0) {
      relay = ConsoleRelay.restored(pod, ConsoleState.of(console));
    }
  }

  private void rebuild(ByteBuffer image, ProcessMover.PageSource pages) {
    try (RebuiltPod rebuilt =
        engine.rebuild(
            PodCodec.decode(image, "the description of '" + pod.id() + "'"),
            room.options(),
            room.tracer(),
            PhaseListener.NONE)) {
      rebuilt.make();
      long written = rebuilt.writePages(() -> run(pages.next()));
      assert written >= 0;
      rebuilt.finish();
      room.detach(rebuilt);
    }
    room.letGo();
  }

  private static io.godwit.engine.pages.PageSource.@Nullable Run run(
      ProcessMover.PageSource.@Nullable Run run) {
    return run == null
        ? null
        : new io.godwit.engine.pages.PageSource.Run(
            new ObjectId(run.object()), run.address(), run.content());
  }

  @Override
  public void thaw() {
    processes.thawing(pod);
    pod.cgroup().thaw();
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
    pod.relinquish();
    room.letGo();
    ConsoleRelay console = relay;
    if (console != null) {
      console.close();
    } else {
      pod.streams().close();
    }
    processes.forgetVisitor(pod.id());
  }
}

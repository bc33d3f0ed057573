package io.godwit.node.daemon;

import io.godwit.core.GodwitException;
import io.godwit.engine.FrozenPod;
import io.godwit.image.codec.PodCodec;
import io.godwit.node.NodeError;
import io.godwit.node.migration.ProcessMover;
import io.godwit.node.pod.ConsoleRelay;
import io.godwit.node.pod.ConsoleState;
import io.godwit.node.pod.Pod;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A frozen pod at its source. What it tells of itself is the length of the encoded image (4 bytes),
 * the image, and the state of the console.
 */
final class LeavingPod implements ProcessMover.Departure {
  private final Pod pod;
  private final FrozenPod frozen;
  private final Optional<ConsoleRelay> relay;
  private @Nullable ConsoleState console;

  LeavingPod(Pod pod, FrozenPod frozen, Optional<ConsoleRelay> relay) {
    this.pod = pod;
    this.frozen = frozen;
    this.relay = relay;
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
    byte[] image = PodCodec.encode(frozen.image());
    frozen.yieldLocks();
    ConsoleState state = console;
    byte[] streams = state == null ? new byte[0] : state.toBytes();
    return ByteBuffer.allocate(4 + image.length + streams.length)
        .putInt(image.length)
        .put(image)
        .put(streams)
        .array();
  }

  @Override
  public void transfer(ProcessMover.PageSink sink) {
    long bytes =
        frozen.sendPages(
            (object, address, content) -> sink.accept(object.number(), address, content));
    assert bytes >= 0;
  }

  @Override
  public void seal() {
    // They count as frozen only when the tracer has let go; the request holds them from then on.
    pod.cgroup().requestFreeze();
  }

  @Override
  public void undo() {
    // The tracer holds them still; calls cannot be made in them under a frozen cgroup.
    pod.cgroup().thaw();
    frozen.undo();
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
    pod.relinquish();
    frozen.kill();
  }

  static GodwitException interrupted(String pod) {
    return new GodwitException(
        NodeError.STOPPING, "migrating '" + pod + "'", "the daemon stops", "try again");
  }
}

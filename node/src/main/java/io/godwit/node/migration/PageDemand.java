package io.godwit.node.migration;

import io.godwit.core.AddressRange;
import io.godwit.core.GodwitException;
import io.godwit.engine.EngineLimits;
import io.godwit.image.ObjectId;
import io.godwit.wire.FrameKind;
import io.godwit.wire.PageChannel;
import io.godwit.wire.WireError;
import java.nio.ByteBuffer;

/**
 * A request for pages that were left at the source, as it goes there (DEMAND) and comes back when
 * they have been sent (ANSWERED). The payload:
 *
 * <pre>
 *  i32 length in bytes, i32 1 when a thread waits for them, else 0
 * </pre>
 */
record PageDemand(ObjectId space, AddressRange range, boolean urgent) {
  private static final int BYTES = 8;

  /** Sends it as a frame of this kind. */
  void send(PageChannel to, FrameKind kind) {
    ByteBuffer numbers = ByteBuffer.allocate(BYTES);
    numbers.putInt((int) range.length()).putInt(urgent ? 1 : 0).flip();
    to.send(kind, space.number(), range.start(), numbers);
  }

  /** Reads a frame that must be of this kind. */
  static PageDemand of(PageChannel.Frame frame, FrameKind kind) {
    if (frame.kind() != kind) {
      throw garbage("a frame of kind " + frame.kind() + " came where " + kind + " belongs");
    }
    int length = frame.payload().remaining() == BYTES ? frame.payload().getInt(0) : -1;
    long start = frame.address();
    if (length <= 0
        || length > EngineLimits.PAGE_CHUNK
        || ((start | length) & (EngineLimits.PAGE_SIZE - 1)) != 0
        || start < 0
        || start + length < 0) {
      throw garbage("it names " + length + " bytes at " + start);
    }
    return new PageDemand(
        space(frame), new AddressRange(start, start + length), frame.payload().getInt(4) == 1);
  }

  /** The address space that a frame names. */
  static ObjectId space(PageChannel.Frame frame) {
    if (frame.space() <= 0) {
      throw garbage("it names the address space " + frame.space());
    }
    return new ObjectId(frame.space());
  }

  private static GodwitException garbage(String why) {
    return new GodwitException(
        WireError.GARBAGE,
        "exchanging pages that were left",
        why,
        "run the same version of Godwit on both nodes");
  }
}

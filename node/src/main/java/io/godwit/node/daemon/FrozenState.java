package io.godwit.node.daemon;

import io.godwit.core.AddressRange;
import io.godwit.core.GodwitException;
import io.godwit.core.Pid;
import io.godwit.engine.EngineLimits;
import io.godwit.image.ObjectId;
import io.godwit.node.NodeError;
import io.godwit.node.NodeLimits;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What goes over when a pod has been frozen, but for its memory. Big-endian:
 *
 * <pre>
 *  i32 length, image
 *  u8  whether the destination is to revise what it has built early
 *  i32 processes; for each: i32 pid in the pod, ranges     pages it holds and must forget
 *  i32 spaces;    for each: i32 address space, ranges      pages that follow
 *  the rest: the state of the console, or nothing
 *
 *  ranges: i32 count; for each: i64 start, end (multiples of the page size)
 * </pre>
 *
 * @param image encoded
 * @param console encoded, or empty
 */
record FrozenState(
    ByteBuffer image,
    boolean revises,
    Map<Pid, List<AddressRange>> dropped,
    Map<ObjectId, List<AddressRange>> following,
    ByteBuffer console) {
  private static final int RANGE_BYTES = 16;

  FrozenState {
    image = image.asReadOnlyBuffer();
    console = console.asReadOnlyBuffer();
  }

  byte[] toBytes() {
    long length = 4L + image.remaining() + 1 + 4 + 4 + console.remaining();
    for (List<AddressRange> ranges : dropped.values()) {
      length += 8 + (long) RANGE_BYTES * ranges.size();
    }
    for (List<AddressRange> ranges : following.values()) {
      length += 8 + (long) RANGE_BYTES * ranges.size();
    }
    if (length > NodeLimits.METADATA_BYTES) {
      throw new GodwitException(
          NodeError.MIGRATION_REFUSED,
          "describing a process",
          "its description has " + length + " bytes",
          "at most " + NodeLimits.METADATA_BYTES + " can be sent");
    }
    ByteBuffer out = ByteBuffer.allocate((int) length);
    out.putInt(image.remaining()).put(image.duplicate()).put((byte) (revises ? 1 : 0));
    out.putInt(dropped.size());
    dropped.forEach((pid, ranges) -> put(out, pid.number(), ranges));
    out.putInt(following.size());
    following.forEach((space, ranges) -> put(out, space.number(), ranges));
    return out.put(console.duplicate()).array();
  }

  private static void put(ByteBuffer out, int number, List<AddressRange> ranges) {
    out.putInt(number).putInt(ranges.size());
    ranges.forEach(range -> out.putLong(range.start()).putLong(range.end()));
  }

  /** Reads what came from a peer. */
  static FrozenState of(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      int length = count(in, 1);
      ByteBuffer image = in.slice(in.position(), length);
      in.position(in.position() + length);
      boolean revises = in.get() == 1;
      Map<Pid, List<AddressRange>> dropped = new HashMap<>();
      for (int left = count(in, 8); left > 0; left--) {
        dropped.put(new Pid(in.getInt()), ranges(in));
      }
      Map<ObjectId, List<AddressRange>> following = new HashMap<>();
      for (int left = count(in, 8); left > 0; left--) {
        following.put(new ObjectId(in.getInt()), ranges(in));
      }
      return new FrozenState(image, revises, dropped, following, in.slice());
    } catch (BufferUnderflowException | IllegalArgumentException malformed) {
      throw new GodwitException(
          NodeError.STATE_INCOMPLETE,
          "reading the description of a process",
          "it is cut short or damaged: " + malformed,
          "run the same version of Godwit on both nodes",
          malformed);
    }
  }

  /** A number of things of which each takes at least so many of the bytes that are left. */
  private static int count(ByteBuffer in, int each) {
    int count = in.getInt();
    if (count < 0 || (long) count * each > in.remaining()) {
      throw new IllegalArgumentException("it announces " + count + " things");
    }
    return count;
  }

  private static List<AddressRange> ranges(ByteBuffer in) {
    int count = count(in, RANGE_BYTES);
    List<AddressRange> ranges = new ArrayList<>(count);
    long above = 0;
    for (int i = 0; i < count; i++) {
      long start = in.getLong();
      long end = in.getLong();
      if (start < above || end <= start || ((start | end) & (EngineLimits.PAGE_SIZE - 1)) != 0) {
        throw new IllegalArgumentException("a range from " + start + " to " + end);
      }
      ranges.add(new AddressRange(start, end));
      above = end;
    }
    return List.copyOf(ranges);
  }
}

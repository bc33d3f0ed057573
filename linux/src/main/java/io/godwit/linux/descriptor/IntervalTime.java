package io.godwit.linux.descriptor;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * struct itimerspec: a timer's period and the time to its next expiry.
 *
 * @param intervalNanos 0 for a timer that expires once
 * @param valueNanos 0 for a timer that is disarmed
 */
public record IntervalTime(long intervalNanos, long valueNanos) {
  /** Size of the structure. */
  public static final int BYTES = 32;

  private static final long NANOS = 1_000_000_000L;

  static IntervalTime readFrom(MemorySegment raw) {
    return new IntervalTime(nanos(raw, 0), nanos(raw, 16));
  }

  void writeTo(MemorySegment raw) {
    raw.copyFrom(MemorySegment.ofArray(bytes()));
  }

  /** The structure as the kernel reads it. */
  public byte[] bytes() {
    return ByteBuffer.allocate(BYTES)
        .order(ByteOrder.nativeOrder())
        .putLong(intervalNanos / NANOS)
        .putLong(intervalNanos % NANOS)
        .putLong(valueNanos / NANOS)
        .putLong(valueNanos % NANOS)
        .array();
  }

  /** Reads the structure as the kernel writes it. */
  public static IntervalTime of(byte[] raw) {
    return readFrom(MemorySegment.ofArray(raw.clone()));
  }

  private static long nanos(MemorySegment raw, long offset) {
    long seconds = raw.get(JAVA_LONG.withByteAlignment(1), offset);
    long rest = raw.get(JAVA_LONG.withByteAlignment(1), offset + 8);
    return seconds > Long.MAX_VALUE / NANOS - 1 ? Long.MAX_VALUE : seconds * NANOS + rest;
  }
}

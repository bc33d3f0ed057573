package io.godwit.linux.abi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A block of native memory with a fixed address, freed with the object. Not for two threads at
 * once. The buffer is in the machine's byte order.
 */
public final class NativeBuffer {
  private final MemorySegment segment;
  private final ByteBuffer buffer;

  private NativeBuffer(MemorySegment segment) {
    this.segment = segment;
    this.buffer = segment.asByteBuffer().order(ByteOrder.nativeOrder());
  }

  /**
   * @param bytes the size
   */
  public static NativeBuffer allocate(int bytes) {
    return new NativeBuffer(Arena.ofAuto().allocate(bytes, 64));
  }

  /** A copy of the text with a terminating zero byte. */
  public static NativeBuffer ofString(String text) {
    byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    NativeBuffer result = allocate(bytes.length + 1);
    result.buffer.put(0, bytes);
    return result;
  }

  /** The address of the first byte. */
  public long address() {
    return segment.address();
  }

  public int size() {
    return (int) segment.byteSize();
  }

  /** The memory as a direct buffer; position and limit belong to the caller of this method. */
  public ByteBuffer bytes() {
    return buffer;
  }

  public long getLong(int offset) {
    return buffer.getLong(offset);
  }

  public NativeBuffer putLong(int offset, long value) {
    buffer.putLong(offset, value);
    return this;
  }

  public int getInt(int offset) {
    return buffer.getInt(offset);
  }

  public NativeBuffer putInt(int offset, int value) {
    buffer.putInt(offset, value);
    return this;
  }

  /** Sets every byte to zero. */
  public NativeBuffer clear() {
    segment.fill((byte) 0);
    return this;
  }

  /** The address of the byte at a direct buffer's position. */
  public static long addressOf(ByteBuffer direct) {
    if (!direct.isDirect()) {
      throw new IllegalArgumentException("the kernel needs a direct buffer");
    }
    return MemorySegment.ofBuffer(direct).address();
  }
}

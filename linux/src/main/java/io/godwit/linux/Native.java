package io.godwit.linux;

import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Syscall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What the typed calls share: text and buffers as native memory, and calls that must not fail. */
final class Native {
  private Native() {}

  /** A C string in UTF-8; a zero character in the text would cut it short, so it is refused. */
  static MemorySegment text(Arena arena, String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a zero character in a string for the kernel");
    }
    return arena.allocateFrom(text, StandardCharsets.UTF_8);
  }

  /** The bytes of a range of native memory. */
  static byte[] bytes(MemorySegment memory, long length) {
    return memory.asSlice(0, length).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
  }

  /** Native memory with the remaining bytes of a buffer; a direct buffer is used as it is. */
  static MemorySegment source(Arena arena, ByteBuffer buffer) {
    if (buffer.isDirect()) {
      return MemorySegment.ofBuffer(buffer);
    }
    MemorySegment copy = arena.allocate(Math.max(1, buffer.remaining()));
    copy.asSlice(0, buffer.remaining()).copyFrom(MemorySegment.ofBuffer(buffer));
    return copy;
  }

  /** Native memory to be filled for a buffer; {@link #deliver} puts it there. */
  static MemorySegment target(Arena arena, ByteBuffer buffer) {
    return buffer.isDirect()
        ? MemorySegment.ofBuffer(buffer)
        : arena.allocate(Math.max(1, buffer.remaining()));
  }

  /** Moves the position of a buffer over what was filled, copying where it is not direct. */
  static void deliver(ByteBuffer buffer, MemorySegment from, int length) {
    if (!buffer.isDirect()) {
      MemorySegment.ofBuffer(buffer).asSlice(0, length).copyFrom(from.asSlice(0, length));
    }
    buffer.position(buffer.position() + length);
  }

  static long check(long result, Syscall call, Object on) {
    return result < 0 && result >= -4095
        ? LinuxException.check(result, call, String.valueOf(on))
        : result;
  }

  static long call(Syscall call, Object on, long a, long b, long c) {
    return check(Kernel.call(call, a, b, c), call, on);
  }
}

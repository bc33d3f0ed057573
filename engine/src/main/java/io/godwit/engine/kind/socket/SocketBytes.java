package io.godwit.engine.kind.socket;

import io.godwit.image.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Values of options as bytes. */
final class SocketBytes {
  private SocketBytes() {}

  static Bytes ofInt(int value) {
    return Bytes.of(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).flip());
  }
}

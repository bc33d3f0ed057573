package io.godwit.wire;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Bytes in order to and from the other side, encrypted or not. Blocking. */
interface ByteLink extends AutoCloseable {
  /** Writes all that remains in the buffers, in their order. */
  void write(ByteBuffer[] buffers) throws IOException;

  /** Reads at least one byte into the buffer; -1 at the end. */
  int read(ByteBuffer into) throws IOException;

  @Override
  void close() throws IOException;
}

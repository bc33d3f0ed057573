package io.godwit.image.codec;

import java.nio.ByteBuffer;

/**
 * Room for one chunk as it is stored and as it is, no larger than the chunks that were met. Chunks
 * are bounded by {@link Chunk#MAX_STORED_BYTES} and the limit on their pages. Used by one thread.
 */
final class ChunkBuffers {
  private ByteBuffer stored = ByteBuffer.allocateDirect(0);
  private ByteBuffer plain = ByteBuffer.allocateDirect(0);

  /** For so many bytes as they are stored. */
  ByteBuffer stored(int bytes) {
    if (stored.capacity() < bytes) {
      stored = ByteBuffer.allocateDirect(bytes);
    }
    return stored.clear().limit(bytes);
  }

  /** For so many bytes decoded. */
  ByteBuffer plain(int bytes) {
    if (plain.capacity() < bytes) {
      plain = ByteBuffer.allocateDirect(bytes);
    }
    return plain.clear().limit(bytes);
  }
}

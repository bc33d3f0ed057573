package io.godwit.engine.pages;

import io.godwit.image.ObjectId;
import java.nio.ByteBuffer;

/**
 * Where contents of memory go: a connection, an image, another process. Used by one thread at a
 * time.
 */
public interface PageSink {
  /**
   * Takes a run of bytes.
   *
   * @param object an address space, a shared memory object or a saved file
   * @param address of the first byte in the address space, or offset in the object
   * @param content a direct buffer, valid for the call alone; at most {@link
   *     io.godwit.engine.EngineLimits#PAGE_CHUNK} bytes
   */
  void accept(ObjectId object, long address, ByteBuffer content);

  /**
   * Bytes of what was taken that did not have to go anywhere: the other side has them. Waits until
   * that is known.
   */
  default long elided() {
    return 0;
  }
}

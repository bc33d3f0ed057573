package io.godwit.image.codec;

import io.godwit.core.AddressRange;
import io.godwit.image.ObjectId;
import java.nio.ByteBuffer;

/**
 * Takes the pages of the objects of an image: address spaces by address, shared memory and saved
 * contents by offset. What is said of a page later replaces what was said before.
 */
public interface PageSink {
  /**
   * The content of a range.
   *
   * @param pages as many bytes as the range is long; consumed. The buffer is the caller's again
   *     when the call returns.
   */
  void pages(ObjectId owner, AddressRange range, ByteBuffer pages);

  /** The range is there and holds zeros. */
  void zeros(ObjectId owner, AddressRange range);

  /** The range is not there any more, whatever an earlier generation said. */
  void absent(ObjectId owner, AddressRange range);
}

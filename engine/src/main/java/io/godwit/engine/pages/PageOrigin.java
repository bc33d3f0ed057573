package io.godwit.engine.pages;

import io.godwit.core.AddressRange;
import io.godwit.image.ObjectId;
import java.nio.ByteBuffer;

/**
 * Where the pages still are that a process at the destination has not got: the frozen source, or a
 * connection to it. Requests return at once; answers come later, from one thread of the origin.
 */
public interface PageOrigin extends AutoCloseable {
  /**
   * Asks for pages.
   *
   * @param space the address space in the final image
   * @param range addresses at the source; whole pages, at most {@link
   *     io.godwit.engine.EngineLimits#PAGE_CHUNK} bytes
   * @param urgent whether a thread waits for it: it goes before what is not urgent
   */
  void request(ObjectId space, AddressRange range, boolean urgent);

  /** Answers no more. */
  @Override
  default void close() {}

  /** Takes what an origin answers. */
  interface Answers {
    /**
     * Pages came. An answer to one request may come in several parts.
     *
     * @param address at the source
     * @param content a direct buffer with whole pages, valid for the call alone
     */
    void arrived(ObjectId space, long address, ByteBuffer content);

    /**
     * As {@link #arrived}, where all pages are zeros, which need no memory.
     *
     * @param zeros as many as there are
     */
    default void arrivedZeros(ObjectId space, long address, ByteBuffer zeros) {
      arrived(space, address, zeros);
    }

    /** A request has been answered completely. */
    void answered(ObjectId space, AddressRange range, boolean urgent);

    /** Nothing will come any more, unless {@link #found} says otherwise. */
    void lost(String why);

    /** What was told to be lost comes nevertheless. */
    default void found() {}
  }
}

package io.godwit.engine.pages;

import io.godwit.image.ObjectId;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Where contents of memory come from, in any order. Used by one thread at a time. */
public interface PageSource {
  /** The next run, or null when all have been given. */
  @Nullable Run next();

  /**
   * A run of bytes.
   *
   * @param object an address space, a shared memory object or a saved file
   * @param address of the first byte in the address space, or offset in the object
   * @param content a direct buffer, valid until the next call of {@link #next}
   * @param zeros what is known of pages in it that hold only zeros
   */
  record Run(ObjectId object, long address, ByteBuffer content, Zeros zeros) {
    /** Of which nothing is known. */
    public Run(ObjectId object, long address, ByteBuffer content) {
      this(object, address, content, Zeros.UNKNOWN);
    }
  }

  /** Whether pages need not be written where memory reads as zeros already. */
  enum Zeros {
    /** It is not worth looking for any. */
    UNKNOWN,
    /** Some pages are zeros. */
    SOME,
    /** All are zeros. */
    ALL
  }
}

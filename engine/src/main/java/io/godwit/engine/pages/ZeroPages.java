package io.godwit.engine.pages;

import io.godwit.engine.EngineLimits;
import java.nio.ByteBuffer;
import java.util.BitSet;

/**
 * Finds pages that hold nothing but zeros, at the speed at which memory is read: most pages are
 * told from zeros by one of three words, the others are compared with a page of zeros, many bytes
 * at a time. Safe for use by several threads.
 */
public final class ZeroPages {
  private static final int PAGE = EngineLimits.PAGE_SIZE;

  private static final ByteBuffer ZEROS =
      ByteBuffer.allocateDirect(EngineLimits.PAGE_CHUNK).asReadOnlyBuffer();

  private ZeroPages() {}

  /**
   * Direct and read-only.
   *
   * @param length at most {@link EngineLimits#PAGE_CHUNK}
   */
  public static ByteBuffer ofLength(int length) {
    return ZEROS.slice(0, length);
  }

  /**
   * Looks at what remains in a buffer.
   *
   * @return which of its pages, counted from the position on, are zeros; the last may be a part of
   *     one
   */
  public static BitSet in(ByteBuffer content) {
    BitSet found = new BitSet();
    int end = content.limit();
    for (int at = content.position(), page = 0; at < end; at += PAGE, page++) {
      if (isZero(content, at, Math.min(PAGE, end - at))) {
        found.set(page);
      }
    }
    return found;
  }

  private static boolean isZero(ByteBuffer content, int at, int length) {
    if (length >= Long.BYTES
        && (content.getLong(at) != 0
            || content.getLong(at + (length - Long.BYTES) / 2) != 0
            || content.getLong(at + length - Long.BYTES) != 0)) {
      return false;
    }
    return content.slice(at, length).mismatch(ZEROS.slice(0, length)) < 0;
  }
}

package io.godwit.node.visits;

import io.godwit.engine.EngineLimits;
import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Tells pages apart: the first 128 bits of the SHA-256 of a page. Two pages of one digest would be
 * a wrong byte in somebody's memory, so nothing weaker will do. Not for two threads at once.
 */
public final class PageDigest {
  /** The length of a digest. */
  public static final int BYTES = 16;

  private static final int PAGE = EngineLimits.PAGE_SIZE;

  private final MessageDigest sha;
  private final byte[] page = new byte[PAGE];
  private final byte[] whole;

  public PageDigest() {
    try {
      sha = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every Java has SHA-256", missing);
    }
    whole = new byte[sha.getDigestLength()];
  }

  /** Adds the digest of the page that begins at an index of a buffer to another one. */
  public void append(ByteBuffer content, int at, ByteBuffer to) {
    compute(content, at);
    to.put(whole, 0, BYTES);
  }

  /** Whether the page that begins at an index of a buffer has this digest. */
  boolean fits(ByteBuffer content, int at, ByteBuffer digest) {
    compute(content, at);
    return digest.mismatch(ByteBuffer.wrap(whole, 0, BYTES)) < 0;
  }

  private void compute(ByteBuffer content, int at) {
    content.get(at, page);
    sha.update(page);
    try {
      int length = sha.digest(whole, 0, whole.length);
      assert length == whole.length;
    } catch (DigestException tooShort) {
      throw new IllegalStateException(tooShort);
    }
  }
}

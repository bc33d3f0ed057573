package io.godwit.image.codec;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import io.godwit.image.ImageLimits;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Turns the pages of a chunk into its payload and back: compressed first where that makes it
 * smaller, then encrypted. An encrypted payload is nonce (12 bytes), ciphertext, tag (16 bytes).
 * Threads may use one coder at the same time.
 */
final class PayloadCoder {
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BYTES = 16;
  private static final int OVERHEAD = NONCE_BYTES + TAG_BYTES;

  private final OptionalInt level;
  private final Optional<SecretKey> key;
  private final AtomicLong nonces = new AtomicLong();
  private final ConcurrentLinkedQueue<ByteBuffer> buffers = new ConcurrentLinkedQueue<>();

  PayloadCoder(OptionalInt level, Optional<SecretKey> key) {
    this.level = level;
    this.key = key;
  }

  /** Payload as stored; {@code flags} are those of {@link Chunk}. */
  record Payload(ByteBuffer stored, int flags) {}

  /**
   * Encodes what remains in {@code pages} and leaves its position alone. The result may be those
   * very pages; give it to {@link #release} after use.
   */
  Payload encode(
      ByteBuffer pages, Supplier<byte[]> boundDataOfPlain, Supplier<byte[]> boundDataOfCompressed) {
    ByteBuffer current = pages.duplicate();
    int flags = 0;
    if (level.isPresent() && current.hasRemaining()) {
      Optional<ByteBuffer> smaller = compress(current, level.getAsInt());
      if (smaller.isPresent()) {
        current = smaller.get();
        flags = Chunk.ZSTD;
      }
    }
    if (key.isPresent() && current.hasRemaining()) {
      byte[] bound = flags == 0 ? boundDataOfPlain.get() : boundDataOfCompressed.get();
      ByteBuffer sealed = buffer();
      seal(key.get(), current, bound, sealed);
      if (flags != 0) {
        buffers.add(current);
      }
      return new Payload(sealed.flip(), flags | Chunk.ENCRYPTED);
    }
    return new Payload(current, flags);
  }

  /** Gives the buffer of a payload back. */
  void release(Payload payload) {
    if (payload.flags() != 0) {
      buffers.add(payload.stored());
    }
  }

  private Optional<ByteBuffer> compress(ByteBuffer pages, int atLevel) {
    ByteBuffer from = pages;
    if (!pages.isDirect()) {
      from = buffer().put(pages.duplicate()).flip();
    }
    ByteBuffer to = buffer();
    long size =
        Zstd.compressDirectByteBuffer(
            to, 0, to.capacity(), from, from.position(), from.remaining(), atLevel);
    if (!pages.isDirect()) {
      buffers.add(from);
    }
    if (Zstd.isError(size) || size >= pages.remaining()) {
      buffers.add(to);
      return Optional.empty();
    }
    return Optional.of(to.limit((int) size));
  }

  /**
   * Decodes a payload into {@code pages}, which it fills from its position to its limit.
   *
   * @throws PayloadException where the payload is not what was encoded
   */
  void decode(ByteBuffer stored, int flags, byte[] boundData, ByteBuffer pages)
      throws PayloadException {
    ByteBuffer current = stored;
    boolean pooled = false;
    if ((flags & Chunk.ENCRYPTED) != 0) {
      SecretKey needed =
          key.orElseThrow(() -> new PayloadException("it is encrypted and its generation is not"));
      current = buffer();
      pooled = true;
      open(needed, stored, boundData, current);
      current.flip();
    }
    try {
      if ((flags & Chunk.ZSTD) != 0) {
        decompress(current, pages);
      } else if (current.remaining() != pages.remaining()) {
        throw new PayloadException("it has " + current.remaining() + " bytes");
      } else {
        pages.put(current.duplicate());
      }
    } finally {
      if (pooled) {
        buffers.add(current);
      }
    }
  }

  private static void decompress(ByteBuffer from, ByteBuffer pages) throws PayloadException {
    long size;
    try {
      size =
          Zstd.decompressDirectByteBuffer(
              pages, pages.position(), pages.remaining(), from, from.position(), from.remaining());
    } catch (ZstdException e) {
      throw new PayloadException("zstd: " + e.getMessage(), e);
    }
    if (Zstd.isError(size)) {
      throw new PayloadException("zstd: " + Zstd.getErrorName(size));
    }
    if (size != pages.remaining()) {
      throw new PayloadException("it decompresses to " + size + " bytes");
    }
    pages.position(pages.limit());
  }

  /** Encrypts a whole part, such as the metadata. */
  byte[] sealPart(byte[] plain, byte[] boundData) {
    if (key.isEmpty()) {
      return plain;
    }
    ByteBuffer out = ByteBuffer.allocate(plain.length + OVERHEAD);
    seal(key.get(), ByteBuffer.wrap(plain), boundData, out);
    return out.array();
  }

  /** Decrypts a whole part. */
  ByteBuffer openPart(ByteBuffer stored, byte[] boundData) throws PayloadException {
    if (key.isEmpty()) {
      return stored;
    }
    ByteBuffer out = ByteBuffer.allocate(Math.max(0, stored.remaining() - OVERHEAD));
    open(key.get(), stored, boundData, out);
    return out.flip();
  }

  private void seal(SecretKey with, ByteBuffer plain, byte[] boundData, ByteBuffer out) {
    ByteBuffer nonce = ByteBuffer.allocate(NONCE_BYTES).putInt(0).putLong(nonces.getAndIncrement());
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(Cipher.ENCRYPT_MODE, with, new GCMParameterSpec(TAG_BYTES * 8, nonce.array()));
      cipher.updateAAD(boundData);
      out.put(nonce.array());
      cipher.doFinal(plain.duplicate(), out);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-256-GCM failed", e);
    }
  }

  private static void open(SecretKey with, ByteBuffer stored, byte[] boundData, ByteBuffer out)
      throws PayloadException {
    if (stored.remaining() < OVERHEAD || out.remaining() < stored.remaining() - OVERHEAD) {
      throw new PayloadException("its encrypted length cannot be");
    }
    ByteBuffer in = stored.duplicate();
    byte[] nonce = new byte[NONCE_BYTES];
    in.get(nonce);
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(Cipher.DECRYPT_MODE, with, new GCMParameterSpec(TAG_BYTES * 8, nonce));
      cipher.updateAAD(boundData);
      cipher.doFinal(in, out);
    } catch (GeneralSecurityException e) {
      throw new PayloadException("it is not what was encrypted", e);
    }
  }

  private ByteBuffer buffer() {
    ByteBuffer buffer = buffers.poll();
    return buffer == null
        ? ByteBuffer.allocateDirect(ImageLimits.MAX_CHUNK_BYTES + (64 << 10))
        : buffer.clear();
  }

  /** A payload that is not what was encoded, and why. */
  static final class PayloadException extends Exception {
    private static final long serialVersionUID = 1L;

    PayloadException(String message) {
      super(message);
    }

    PayloadException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}

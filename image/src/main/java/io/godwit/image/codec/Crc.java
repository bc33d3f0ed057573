package io.godwit.image.codec;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * CRC32C (Castagnoli), and how to get the checksum of a whole from those of its parts without
 * reading it again: appending n bytes multiplies the register by x^(8n) modulo the polynomial (the
 * method of zlib's crc32_combine).
 */
final class Crc {
  /** The Castagnoli polynomial, bits reversed, without its leading term. */
  private static final int POLYNOMIAL = 0x82F63B78;

  /** x^0 in the reversed representation. */
  private static final int ONE = 1 << 31;

  /** x^(2^n). */
  private static final int[] POWERS = powers();

  private Crc() {}

  /** The checksum of what remains in the buffer, whose position stays where it is. */
  static int of(ByteBuffer buffer) {
    CRC32C crc = new CRC32C();
    crc.update(buffer.duplicate());
    return (int) crc.getValue();
  }

  /** The checksum of a followed by b, given those of both and the length of b in bytes. */
  static int combine(int a, int b, long lengthOfB) {
    return multiply(powerOfBytes(lengthOfB), a) ^ b;
  }

  private static int powerOfBytes(long bytes) {
    int result = ONE;
    // 8n bits: bit k of n stands for x^(2^(k+3));
    int k = 3;
    for (long n = bytes; n != 0; n >>>= 1, k++) {
      if ((n & 1) != 0) {
        result = multiply(POWERS[k], result);
      }
    }
    return result;
  }

  private static int multiply(int a, int b) {
    int product = 0;
    int factor = b;
    for (int bit = ONE; bit != 0; bit >>>= 1) {
      if ((a & bit) != 0) {
        product ^= factor;
      }
      factor = (factor & 1) != 0 ? factor >>> 1 ^ POLYNOMIAL : factor >>> 1;
    }
    return product;
  }

  private static int[] powers() {
    int[] powers = new int[67];
    powers[0] = 1 << 30;
    for (int i = 1; i < powers.length; i++) {
      powers[i] = multiply(powers[i - 1], powers[i - 1]);
    }
    return powers;
  }
}

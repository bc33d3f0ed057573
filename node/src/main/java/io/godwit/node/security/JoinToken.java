package io.godwit.node.security;

import io.godwit.core.GodwitException;
import io.godwit.node.NodeError;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * What {@code godwit token} prints and {@code godwit join} takes: {@code godwit-} and the base64url
 * form of
 *
 * <pre>
 * offset size
 *   0     1   version, 1
 *   1    16   id
 *  17    32   secret
 *  49    32   SHA-256 of the authority's certificate
 *  81     8   end of its life, seconds since 1970, big-endian
 *  89     n   address of the founding node, host:port, UTF-8
 *  89+n   4   CRC32C of all before it: catches slips of copying
 * </pre>
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by content below; nobody keeps them
public record JoinToken(
    byte[] id, byte[] secret, byte[] authorityFingerprint, Instant expires, String address) {
  static final int ID_BYTES = 16;
  static final int SECRET_BYTES = 32;
  private static final int FINGERPRINT_BYTES = 32;
  private static final int FIXED_BYTES = 1 + ID_BYTES + SECRET_BYTES + FINGERPRINT_BYTES + 8;
  private static final int ADDRESS_BYTES = 300;
  private static final int CHECK_BYTES = 4;
  private static final byte VERSION = 1;
  private static final String PREFIX = "godwit-";

  /** Reads what a user typed. */
  public static JoinToken parse(String text) {
    String trimmed = text.strip();
    if (!trimmed.startsWith(PREFIX) || trimmed.length() > 1024) {
      throw malformed("it does not begin with '" + PREFIX + "'");
    }
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(trimmed.substring(PREFIX.length()));
    } catch (IllegalArgumentException notBase64) {
      throw malformed("it contains characters that no token has");
    }
    int addressBytes = bytes.length - FIXED_BYTES - CHECK_BYTES;
    if (addressBytes < 1 || addressBytes > ADDRESS_BYTES) {
      throw malformed("it is too short or too long: part of it may be missing");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (in.getInt(bytes.length - CHECK_BYTES) != check(bytes, bytes.length - CHECK_BYTES)) {
      throw malformed("its check sum does not fit: a character was changed");
    }
    if (in.get() != VERSION) {
      throw malformed("it was made by another version of Godwit");
    }
    byte[] id = take(in, ID_BYTES);
    byte[] secret = take(in, SECRET_BYTES);
    byte[] fingerprint = take(in, FINGERPRINT_BYTES);
    try {
      Instant expires = Instant.ofEpochSecond(in.getLong());
      String address = new String(take(in, addressBytes), StandardCharsets.UTF_8);
      return new JoinToken(id, secret, fingerprint, expires, address);
    } catch (DateTimeException outOfRange) {
      throw malformed("it names no possible date");
    }
  }

  /** The form that users copy. */
  public String text() {
    byte[] where = address.getBytes(StandardCharsets.UTF_8);
    ByteBuffer out = ByteBuffer.allocate(FIXED_BYTES + where.length + CHECK_BYTES);
    out.put(VERSION).put(id).put(secret).put(authorityFingerprint);
    out.putLong(expires.getEpochSecond()).put(where);
    out.putInt(check(out.array(), out.position()));
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(out.array());
  }

  /** The id as the records of the founding node name it. */
  public String idText() {
    return HexFormat.of().formatHex(id);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof JoinToken token
        && Arrays.equals(id, token.id)
        && Arrays.equals(secret, token.secret)
        && Arrays.equals(authorityFingerprint, token.authorityFingerprint)
        && expires.equals(token.expires)
        && address.equals(token.address);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(id);
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "JoinToken[" + idText() + ", " + address + ", until " + expires + "]";
  }

  private static byte[] take(ByteBuffer in, int count) {
    byte[] part = new byte[count];
    in.get(part);
    return part;
  }

  private static int check(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  private static GodwitException malformed(String why) {
    return new GodwitException(
        NodeError.TOKEN_MALFORMED,
        "reading the join token",
        why,
        "copy the whole line that 'godwit token' printed");
  }
}

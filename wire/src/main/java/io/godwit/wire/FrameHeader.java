package io.godwit.wire;

import io.godwit.core.GodwitException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The head of a page frame, big-endian:
 *
 * <pre>
 * offset size
 *   0     4   magic, "GWPF"
 *   4     1   version, 1
 *   5     1   kind, see FrameKind
 *   6     2   flags: bit 0 = the payload has a checksum; the others are 0
 *   8     4   length of the payload
 *  12     4   CRC32C of the payload, 0 where TLS protects it already
 *  16     4   address space, or another number that the kind gives a meaning
 *  20     8   address
 *  28     4   CRC32C of bytes 0 to 27
 * </pre>
 *
 * @param payloadCheck CRC32C of the payload where {@code checked}
 */
public record FrameHeader(
    FrameKind kind, boolean checked, int length, int payloadCheck, int space, long address) {
  /** Length of an encoded header. */
  public static final int BYTES = 32;

  static final int MAGIC = 0x47575046;
  private static final byte VERSION = 1;
  private static final int CHECKED = 1;
  private static final int CHECK_OFFSET = 28;

  /** Writes the header at the buffer's position. */
  public void encode(ByteBuffer out) {
    int start = out.position();
    out.putInt(MAGIC).put(VERSION).put((byte) kind.code());
    out.putShort((short) (checked ? CHECKED : 0)).putInt(length).putInt(payloadCheck);
    out.putInt(space).putLong(address);
    out.putInt(checksum(out.slice(start, CHECK_OFFSET)));
  }

  /** Reads a header at the buffer's position and refuses what does not follow the format. */
  public static FrameHeader decode(ByteBuffer in) {
    int start = in.position();
    int magic = in.getInt();
    if (magic != MAGIC) {
      throw garbage("it begins with 0x" + Integer.toHexString(magic) + ", not with GWPF");
    }
    byte version = in.get();
    int kindCode = in.get() & 0xff;
    int flags = in.getShort() & 0xffff;
    int length = in.getInt();
    int payloadCheck = in.getInt();
    int space = in.getInt();
    long address = in.getLong();
    if (in.getInt() != checksum(in.slice(start, CHECK_OFFSET))) {
      throw new GodwitException(
          WireError.CORRUPT,
          "reading a page frame",
          "the checksum of its head does not fit",
          "check the network hardware; leave TLS for pages on, which protects against this");
    }
    FrameKind kind = FrameKind.of(kindCode);
    if (version != VERSION || kind == null || (flags & ~CHECKED) != 0) {
      throw garbage(
          "version " + version + ", kind " + kindCode + ", flags " + flags + " are not known here");
    }
    if (length < 0 || length > kind.payloadLimit()) {
      throw new GodwitException(
          WireError.OVERSIZED,
          "reading a page frame",
          "a frame of kind "
              + kind
              + " announces "
              + Integer.toUnsignedString(length)
              + " bytes, at most "
              + kind.payloadLimit()
              + " are allowed",
          "run the same version of Godwit on both nodes");
    }
    return new FrameHeader(kind, (flags & CHECKED) != 0, length, payloadCheck, space, address);
  }

  /** CRC32C of the rest of a buffer, whose position stays. */
  static int checksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate());
    return (int) crc.getValue();
  }

  private static GodwitException garbage(String why) {
    return new GodwitException(
        WireError.GARBAGE,
        "reading a page frame",
        why,
        "something other than a Godwit node of this version sends to the page port");
  }
}

package io.godwit.image.codec;

import io.godwit.core.AddressRange;
import io.godwit.image.ImageLimits;
import io.godwit.image.ObjectId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * One record of the page index: some extents of one object whose bytes lie together in the pages,
 * under one checksum. Little-endian:
 *
 * <pre>
 *  at size field
 *   0   4  magic, "GWCK"
 *   4   4  owner, an object id
 *   8   8  offset of the payload in the part 'pages'
 *  16   4  length of the pages, bytes
 *  20   4  length of the payload as stored, bytes
 *  24   4  flags: 1 compressed with zstd, 2 encrypted with AES-256-GCM
 *  28   4  CRC32C of the payload as stored
 *  32   4  number of extents, n
 *  36   4  CRC32C of this record: bytes 0 to 35 and 40 to its end
 *  40 16n  extents: address (8), length (4), kind (4): 1 data, 2 zero, 3 absent
 * </pre>
 */
record Chunk(
    ObjectId owner,
    long offset,
    int length,
    int stored,
    int flags,
    int checksum,
    List<PageExtent> extents) {
  static final int MAGIC = 0x4B435747;
  static final int HEAD_BYTES = 40;
  static final int EXTENT_BYTES = 16;
  static final int ZSTD = 1;
  static final int ENCRYPTED = 2;

  /** The most that one extent may span, so that its length fits the field. */
  static final long MAX_EXTENT_BYTES = 1L << 30;

  /** The most that coding may add to a payload: zstd's bound, nonce and tag. */
  static final int MAX_STORED_BYTES = ImageLimits.MAX_CHUNK_BYTES + (64 << 10);

  private static final int COUNT_AT = 32;
  private static final int CHECKSUM_AT = 36;

  static final int MAX_RECORD_BYTES = HEAD_BYTES + ImageLimits.MAX_CHUNK_EXTENTS * EXTENT_BYTES;

  Chunk {
    extents = List.copyOf(extents);
  }

  Chunk withFlags(int newFlags) {
    return new Chunk(owner, offset, length, stored, newFlags, checksum, extents);
  }

  int recordBytes() {
    return HEAD_BYTES + extents.size() * EXTENT_BYTES;
  }

  void encode(ByteBuffer out) {
    int start = out.position();
    out.order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(MAGIC).putInt(owner.number()).putLong(offset).putInt(length).putInt(stored);
    out.putInt(flags).putInt(checksum).putInt(extents.size()).putInt(0);
    for (PageExtent extent : extents) {
      out.putLong(extent.range().start())
          .putInt((int) extent.range().length())
          .putInt(extent.kind().number());
    }
    out.putInt(start + CHECKSUM_AT, recordChecksum(out.slice(start, out.position() - start)));
  }

  /** What encryption binds to the payload: everything but where and how it is stored. */
  byte[] boundData() {
    ByteBuffer out = ByteBuffer.allocate(recordBytes());
    new Chunk(owner, 0, length, 0, flags, 0, extents).encode(out);
    return out.array();
  }

  /** The length of the record whose head is at the buffer's position, or -1 where it is no head. */
  static int recordBytes(ByteBuffer head) {
    ByteBuffer in = head.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    int count = in.getInt(in.position() + COUNT_AT);
    if (in.getInt(in.position()) != MAGIC || count < 0 || count > ImageLimits.MAX_CHUNK_EXTENTS) {
      return -1;
    }
    return HEAD_BYTES + count * EXTENT_BYTES;
  }

  /** Whether the record that fills the buffer has the checksum it carries. */
  static boolean intact(ByteBuffer record) {
    ByteBuffer in = record.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    return in.getInt(in.position() + CHECKSUM_AT) == recordChecksum(in.slice());
  }

  /**
   * Reads the record that fills the buffer.
   *
   * @throws IllegalArgumentException where its numbers cannot be
   */
  static Chunk decode(ByteBuffer record) {
    ByteBuffer in = record.slice().order(ByteOrder.LITTLE_ENDIAN);
    int count = in.getInt(COUNT_AT);
    List<PageExtent> extents = new ArrayList<>(count);
    long payload = 0;
    for (int i = 0; i < count; i++) {
      int at = HEAD_BYTES + i * EXTENT_BYTES;
      long address = in.getLong(at);
      long length = Integer.toUnsignedLong(in.getInt(at + 8));
      check(address >= 0 && length > 0 && length <= MAX_EXTENT_BYTES, "an extent's bounds");
      check(address <= Long.MAX_VALUE - length, "an extent's end");
      PageExtent extent =
          new PageExtent(
              new AddressRange(address, address + length),
              Fields.constant(
                  PageExtent.Kind.values(), PageExtent.Kind::number, in.getInt(at + 12)));
      payload += extent.payload();
      extents.add(extent);
    }
    Chunk chunk =
        new Chunk(
            new ObjectId(in.getInt(4)),
            in.getLong(8),
            in.getInt(16),
            in.getInt(20),
            in.getInt(24),
            in.getInt(28),
            extents);
    check(chunk.length >= 0 && chunk.length <= ImageLimits.MAX_CHUNK_BYTES, "a chunk's length");
    check(payload == chunk.length, "the sum of a chunk's extents");
    check(chunk.stored >= 0 && chunk.stored <= MAX_STORED_BYTES, "a chunk's stored length");
    check(chunk.offset >= 0, "a chunk's offset");
    check((chunk.flags & ~(ZSTD | ENCRYPTED)) == 0, "a chunk's coding");
    check(chunk.flags != 0 || chunk.stored == chunk.length, "a plain chunk's stored length");
    return chunk;
  }

  private static int recordChecksum(ByteBuffer record) {
    CRC32C crc = new CRC32C();
    crc.update(record.slice(0, CHECKSUM_AT));
    crc.update(record.slice(HEAD_BYTES, record.remaining() - HEAD_BYTES));
    return (int) crc.getValue();
  }

  private static void check(boolean condition, String what) {
    if (!condition) {
      throw new IllegalArgumentException(what + " cannot be");
    }
  }
}

package io.godwit.image.codec;

import io.godwit.image.ImageLimits;
import io.godwit.image.codec.ImageHeader.Generation;
import io.godwit.image.codec.ImageHeader.Part;
import io.godwit.image.codec.PayloadCoder.PayloadException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * Reads the parts {@code index} and {@code pages} of one generation. Has no state but its open
 * files: several threads may use it at once.
 */
final class PageFileReader implements AutoCloseable {
  private static final int SCAN_BYTES = 256 << 10;

  private final String where;
  private final Path directory;
  private final Generation generation;
  private final PayloadCoder coder;
  private final FileChannel index;
  private final FileChannel pages;

  PageFileReader(String where, Path directory, Generation generation, PayloadCoder coder) {
    this.where = where;
    this.directory = directory;
    this.generation = generation;
    this.coder = coder;
    this.index = open(generation.index());
    try {
      this.pages = open(generation.pages());
    } catch (RuntimeException e) {
      try {
        index.close();
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  /** Sees each record of the index in order. */
  interface Visitor {
    /**
     * One record.
     *
     * @param at where the record begins in the index
     */
    void chunk(Chunk chunk, long at);
  }

  Generation generation() {
    return generation;
  }

  private FileChannel open(Part part) {
    return openPart(where, directory, part);
  }

  /** Opens a part and compares its size with the header's. */
  static FileChannel openPart(String where, Path directory, Part part) {
    Path file = directory.resolve(part.file());
    try {
      FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
      long size = channel.size();
      if (size == part.size()) {
        return channel;
      }
      channel.close();
      throw size < part.size()
          ? Failures.truncated(where, part.file(), size, part.size())
          : Failures.altered(
              where, part.file(), part.size(), "it has " + size + " bytes, more than it should");
    } catch (IOException e) {
      throw Failures.io("cannot read the part", file, e);
    }
  }

  /** Reads and checks the whole index, which must describe the whole of {@code pages}. */
  void scan(Visitor visitor) {
    String part = generation.index().file();
    long size = generation.index().size();
    if (size > ImageLimits.MAX_INDEX_BYTES) {
      throw Failures.tooLarge(where, part, size, ImageLimits.MAX_INDEX_BYTES);
    }
    ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(SCAN_BYTES, size));
    CRC32C whole = new CRC32C();
    long at = 0;
    long pagesAt = 0;
    int pagesChecksum = 0;
    buffer.limit(0);
    while (at < size) {
      int length = recordAt(buffer, at, size, whole);
      ByteBuffer record = buffer.slice(buffer.position(), length);
      if (!Chunk.intact(record)) {
        throw Failures.altered(where, part, at, "a record's CRC32C does not fit");
      }
      Chunk chunk = decode(record, at);
      if (chunk.offset() != pagesAt) {
        throw Failures.inconsistent(where, part, "a gap in the pages at byte " + pagesAt);
      }
      visitor.chunk(chunk, at);
      pagesAt += chunk.stored();
      pagesChecksum = Crc.combine(pagesChecksum, chunk.checksum(), chunk.stored());
      buffer.position(buffer.position() + length);
      at += length;
    }
    int checksum = (int) whole.getValue();
    if (checksum != generation.index().checksum()) {
      throw Failures.checksum(where, part, 0, checksum, generation.index().checksum());
    }
    if (pagesAt != generation.pages().size() || pagesChecksum != generation.pages().checksum()) {
      throw Failures.inconsistent(where, part, "it does not describe the pages of its header");
    }
  }

  /** Has the record at {@code at} whole in the buffer and gives its length. */
  private int recordAt(ByteBuffer buffer, long at, long size, CRC32C whole) {
    String part = generation.index().file();
    if (buffer.remaining() < Math.min(Chunk.MAX_RECORD_BYTES, size - at)) {
      int kept = buffer.remaining();
      buffer.compact();
      buffer.limit((int) Math.min(buffer.capacity(), size - at));
      read(index, generation.index(), buffer, at + kept);
      buffer.flip();
      whole.update(buffer.slice(kept, buffer.remaining() - kept));
    }
    if (buffer.remaining() < Chunk.HEAD_BYTES) {
      throw Failures.altered(where, part, at, "the last record is cut short");
    }
    int length = Chunk.recordBytes(buffer);
    if (length < 0) {
      throw Failures.altered(where, part, at, "no record begins there");
    }
    if (length > buffer.remaining()) {
      throw Failures.altered(where, part, at, "the last record is cut short");
    }
    return length;
  }

  private Chunk decode(ByteBuffer record, long at) {
    try {
      return Chunk.decode(record);
    } catch (IllegalArgumentException e) {
      throw Failures.inconsistent(
          where, generation.index().file(), "record at byte " + at + ": " + e.getMessage());
    }
  }

  /** Reads one record again. */
  Chunk record(long at, int length) {
    ByteBuffer record = ByteBuffer.allocate(length);
    read(index, generation.index(), record, at);
    record.flip();
    if (!Chunk.intact(record)) {
      throw Failures.altered(
          where, generation.index().file(), at, "a record's CRC32C does not fit");
    }
    return decode(record, at);
  }

  /**
   * Reads, checks and decodes the pages of a chunk.
   *
   * @return them, in one of the buffers
   */
  ByteBuffer payload(Chunk chunk, ChunkBuffers buffers) {
    Part part = generation.pages();
    ByteBuffer stored = buffers.stored(chunk.stored());
    read(pages, part, stored, chunk.offset());
    stored.flip();
    int checksum = Crc.of(stored);
    if (checksum != chunk.checksum()) {
      throw Failures.checksum(where, part.file(), chunk.offset(), checksum, chunk.checksum());
    }
    if (chunk.flags() == 0) {
      return stored;
    }
    ByteBuffer into = buffers.plain(chunk.length());
    try {
      byte[] bound = (chunk.flags() & Chunk.ENCRYPTED) == 0 ? new byte[0] : chunk.boundData();
      coder.decode(stored, chunk.flags(), bound, into);
      return into.flip();
    } catch (PayloadException e) {
      throw Failures.inconsistent(
          where, part.file(), "chunk at byte " + chunk.offset() + ": " + e.getMessage());
    }
  }

  private void read(FileChannel channel, Part part, ByteBuffer into, long from) {
    long at = from;
    try {
      while (into.hasRemaining()) {
        int count = channel.read(into, at);
        if (count < 0) {
          throw Failures.truncated(where, part.file(), at, part.size());
        }
        at += count;
      }
    } catch (IOException e) {
      throw Failures.io("cannot read the part", directory.resolve(part.file()), e);
    }
  }

  @Override
  public void close() {
    try (index;
        pages) {
      // Both are closed even where one fails.
    } catch (IOException e) {
      throw Failures.io("cannot close the image", directory, e);
    }
  }
}

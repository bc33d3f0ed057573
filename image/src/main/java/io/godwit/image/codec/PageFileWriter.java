package io.godwit.image.codec;

import io.godwit.core.GodwitException;
import io.godwit.image.ImageError;
import io.godwit.image.ObjectId;
import io.godwit.image.codec.ImageHeader.Part;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Writes the parts {@code pages} and {@code index} of one generation. Checksums and coding are made
 * outside the lock; under it a chunk gets its place and its record; the payload is written outside
 * again. So the index is in the order of the payloads, which leave no gap.
 */
final class PageFileWriter implements ChunkBuilder.Output {
  private static final int INDEX_BUFFER_BYTES = 256 << 10;

  private final FileChannel pages;
  private final Path pagesFile;
  private final FileChannel index;
  private final Path indexFile;
  private final PayloadCoder coder;

  private final ByteBuffer records = ByteBuffer.allocateDirect(INDEX_BUFFER_BYTES);
  private final CRC32C indexChecksum = new CRC32C();
  private long indexSize;
  private long pagesSize;
  private int pagesChecksum;
  private boolean compressed;
  private @Nullable GodwitException broken;

  PageFileWriter(
      FileChannel pages, Path pagesFile, FileChannel index, Path indexFile, PayloadCoder coder) {
    this.pages = pages;
    this.pagesFile = pagesFile;
    this.index = index;
    this.indexFile = indexFile;
    this.coder = coder;
  }

  @Override
  public void chunk(ObjectId owner, List<PageExtent> extents, ByteBuffer raw) {
    int length = raw.remaining();
    Chunk shape = new Chunk(owner, 0, length, 0, 0, 0, extents);
    PayloadCoder.Payload payload =
        coder.encode(
            raw,
            () -> shape.withFlags(Chunk.ENCRYPTED).boundData(),
            () -> shape.withFlags(Chunk.ENCRYPTED | Chunk.ZSTD).boundData());
    try {
      ByteBuffer stored = payload.stored().duplicate();
      int checksum = Crc.of(stored);
      long offset = place(owner, length, stored.remaining(), payload.flags(), checksum, extents);
      writeFully(pages, stored, offset);
    } catch (IOException e) {
      throw breakOff(Failures.io("cannot write", pagesFile, e));
    } finally {
      coder.release(payload);
    }
  }

  private synchronized long place(
      ObjectId owner, int length, int stored, int flags, int checksum, List<PageExtent> extents) {
    if (broken != null) {
      throw broken;
    }
    long offset = pagesSize;
    Chunk chunk = new Chunk(owner, offset, length, stored, flags, checksum, extents);
    if (records.remaining() < chunk.recordBytes()) {
      writeRecords();
    }
    chunk.encode(records);
    compressed |= (flags & Chunk.ZSTD) != 0;
    pagesChecksum = Crc.combine(pagesChecksum, checksum, stored);
    pagesSize += stored;
    return offset;
  }

  private void writeRecords() {
    records.flip();
    indexChecksum.update(records.duplicate());
    try {
      int size = records.remaining();
      writeFully(index, records, indexSize);
      indexSize += size;
    } catch (IOException e) {
      throw breakOff(Failures.io("cannot write", indexFile, e));
    }
    records.clear();
  }

  /** Whatever failed once fails always: a part with a hole is never committed. */
  private synchronized GodwitException breakOff(GodwitException failure) {
    if (broken == null) {
      broken = failure;
    }
    return failure;
  }

  /** Writes what is left and, if wanted, waits for the disk. No chunk may follow. */
  synchronized void finish(boolean durable) {
    if (broken != null) {
      throw new GodwitException(
          (ImageError) broken.code(), broken.what(), broken.why(), broken.advice(), broken);
    }
    writeRecords();
    try {
      if (durable) {
        pages.force(true);
        index.force(true);
      }
    } catch (IOException e) {
      throw breakOff(Failures.io("cannot write", pagesFile, e));
    }
  }

  /** Whether any payload is compressed. */
  synchronized boolean compressed() {
    return compressed;
  }

  synchronized Part pagesPart() {
    return new Part(pagesFile.getFileName().toString(), pagesSize, pagesChecksum);
  }

  synchronized Part indexPart() {
    return new Part(indexFile.getFileName().toString(), indexSize, (int) indexChecksum.getValue());
  }

  static void writeFully(FileChannel channel, ByteBuffer bytes, long offset) throws IOException {
    long at = offset;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }
}

package io.godwit.image.codec;

import io.godwit.core.AddressRange;
import io.godwit.image.ImageLimits;
import io.godwit.image.ObjectId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts pages into chunks. Small ranges of one object gather in a buffer under a lock; large ones go
 * straight from the caller's buffer to the output, without copy and outside the lock, so that
 * several threads write at once. What one thread says keeps its order.
 */
final class ChunkBuilder implements PageSink {
  /** Ranges of at least this many bytes are not copied. */
  private static final int LARGE_BYTES = 256 << 10;

  private final Output output;
  private final ByteBuffer gathered = ByteBuffer.allocateDirect(ImageLimits.MAX_CHUNK_BYTES);
  private final List<PageExtent> extents = new ArrayList<>();
  private @Nullable ObjectId gatheredFor;

  ChunkBuilder(Output output) {
    this.output = output;
  }

  /** Where chunks go. Several threads may call it at once. */
  interface Output {
    /**
     * Takes one chunk.
     *
     * @param pages the bytes of the extents that are data; the position may change
     */
    void chunk(ObjectId owner, List<PageExtent> extents, ByteBuffer pages);
  }

  @Override
  public void pages(ObjectId owner, AddressRange range, ByteBuffer pages) {
    if (pages.remaining() != range.length()) {
      throw new IllegalArgumentException(
          pages.remaining() + " bytes of pages for range " + range + " of " + owner);
    }
    long address = range.start();
    if (pages.remaining() >= LARGE_BYTES) {
      flush();
    }
    while (pages.remaining() >= LARGE_BYTES) {
      int size = Math.min(pages.remaining(), ImageLimits.MAX_CHUNK_BYTES);
      ByteBuffer part = pages.slice(pages.position(), size);
      output.chunk(owner, List.of(extent(address, size, PageExtent.Kind.DATA)), part);
      pages.position(pages.position() + size);
      address += size;
    }
    if (pages.hasRemaining()) {
      gather(owner, address, pages);
    }
  }

  @Override
  public void zeros(ObjectId owner, AddressRange range) {
    withoutBytes(owner, range, PageExtent.Kind.ZERO);
  }

  @Override
  public void absent(ObjectId owner, AddressRange range) {
    withoutBytes(owner, range, PageExtent.Kind.ABSENT);
  }

  /** Sends on what was gathered. */
  synchronized void flush() {
    if (gatheredFor != null) {
      output.chunk(gatheredFor, List.copyOf(extents), gathered.flip());
      gathered.clear();
      extents.clear();
      gatheredFor = null;
    }
  }

  private synchronized void gather(ObjectId owner, long from, ByteBuffer pages) {
    long address = from;
    while (pages.hasRemaining()) {
      makeRoom(owner);
      int size = Math.min(pages.remaining(), gathered.remaining());
      gathered.put(pages.slice(pages.position(), size));
      pages.position(pages.position() + size);
      append(extent(address, size, PageExtent.Kind.DATA));
      address += size;
    }
  }

  private synchronized void withoutBytes(ObjectId owner, AddressRange range, PageExtent.Kind kind) {
    for (long at = range.start(); at < range.end(); ) {
      long size = Math.min(range.end() - at, Chunk.MAX_EXTENT_BYTES);
      makeRoom(owner);
      append(extent(at, size, kind));
      at += size;
    }
  }

  private void makeRoom(ObjectId owner) {
    if (!owner.equals(gatheredFor)
        || !gathered.hasRemaining()
        || extents.size() >= ImageLimits.MAX_CHUNK_EXTENTS) {
      flush();
      gatheredFor = owner;
    }
  }

  private void append(PageExtent extent) {
    if (!extents.isEmpty()) {
      PageExtent last = extents.getLast();
      long together = last.range().length() + extent.range().length();
      if (last.kind() == extent.kind()
          && last.range().end() == extent.range().start()
          && together <= Chunk.MAX_EXTENT_BYTES) {
        extents.set(extents.size() - 1, extent(last.range().start(), together, extent.kind()));
        return;
      }
    }
    extents.add(extent);
  }

  private static PageExtent extent(long address, long length, PageExtent.Kind kind) {
    return new PageExtent(new AddressRange(address, address + length), kind);
  }
}

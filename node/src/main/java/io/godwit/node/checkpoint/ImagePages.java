package io.godwit.node.checkpoint;

import io.godwit.core.AddressRange;
import io.godwit.engine.EngineLimits;
import io.godwit.engine.pages.PageSource;
import io.godwit.image.ObjectId;
import io.godwit.image.PodImage;
import io.godwit.image.codec.ImageReader;
import io.godwit.image.codec.PageExtent;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The pages of an image, in the order in which a restart takes them. An image keeps whole pages;
 * what lies behind the end of a file is not given.
 */
public final class ImagePages implements PageSource {
  private record Piece(ObjectId object, AddressRange range) {}

  private final ImageReader reader;
  private final Deque<Piece> pieces = new ArrayDeque<>();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(EngineLimits.PAGE_CHUNK);

  public ImagePages(ImageReader reader) {
    this.reader = reader;
    Map<ObjectId, Long> ends = ends(reader.image());
    for (ObjectId owner : reader.owners()) {
      long end = ends.getOrDefault(owner, -1L);
      for (PageExtent extent : reader.extents(owner)) {
        AddressRange range = extent.range();
        if (extent.kind() != PageExtent.Kind.ABSENT && range.start() < end) {
          pieces.add(new Piece(owner, new AddressRange(range.start(), Math.min(range.end(), end))));
        }
      }
    }
  }

  /** Where each object of the image ends; what has no end here is none of it. */
  private static Map<ObjectId, Long> ends(PodImage image) {
    Map<ObjectId, Long> ends = new HashMap<>();
    image.live().forEach(process -> ends.put(process.memory().id(), Long.MAX_VALUE));
    image.sharedMemory().forEach(shared -> ends.put(shared.id(), shared.size()));
    image.savedContents().forEach(saved -> ends.put(saved.id(), saved.size()));
    return ends;
  }

  /** How many bytes are still to come. */
  public long remaining() {
    long bytes = 0;
    for (Piece piece : pieces) {
      bytes += piece.range.length();
    }
    return bytes;
  }

  @Override
  public @Nullable Run next() {
    Piece piece = pieces.poll();
    if (piece == null) {
      return null;
    }
    long start = piece.range.start();
    long size = Math.min(piece.range.length(), buffer.capacity());
    if (size < piece.range.length()) {
      pieces.push(new Piece(piece.object, new AddressRange(start + size, piece.range.end())));
    }
    buffer.clear().limit((int) size);
    reader.read(piece.object, start, buffer);
    buffer.flip();
    return new Run(piece.object, start, buffer);
  }
}

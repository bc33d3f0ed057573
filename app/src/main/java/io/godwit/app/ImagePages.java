package io.godwit.app;

import io.godwit.core.AddressRange;
import io.godwit.engine.EngineLimits;
import io.godwit.engine.pages.PageSource;
import io.godwit.image.ObjectId;
import io.godwit.image.codec.ImageReader;
import io.godwit.image.codec.PageExtent;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** The pages of an image, in the order in which a restart takes them. Used by one thread. */
final class ImagePages implements PageSource {
  private record Piece(ObjectId object, AddressRange range) {}

  private final ImageReader reader;
  private final Deque<Piece> pieces = new ArrayDeque<>();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(EngineLimits.PAGE_CHUNK);

  ImagePages(ImageReader reader) {
    this.reader = reader;
    for (ObjectId owner : reader.owners()) {
      for (PageExtent extent : reader.extents(owner)) {
        if (extent.kind() != PageExtent.Kind.ABSENT) {
          pieces.add(new Piece(owner, extent.range()));
        }
      }
    }
  }

  /** How many bytes are still to come. */
  long remaining() {
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

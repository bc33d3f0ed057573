package io.godwit.node.migration;

import io.godwit.core.GodwitException;
import io.godwit.wire.FrameKind;
import io.godwit.wire.PageChannel;
import io.godwit.wire.WireError;
import io.godwit.wire.WireLimits;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Puts short runs of pages together into one frame, and takes them apart: memory that was written
 * here and there is thousands of single pages, of which each would be a frame of its own.
 */
final class PageRuns {
  /** Runs of at least this many bytes go alone, without being copied. */
  private static final int LONG_RUN = 128 << 10;

  private static final int ENTRY = 12;
  private static final int MOST_RUNS = 1024;
  private static final int MOST_CONTENT = WireLimits.PAGE_PAYLOAD_BYTES - MOST_RUNS * ENTRY;

  private PageRuns() {}

  /** Sends runs; {@link #flush} after the last. */
  static final class Writer implements ProcessMover.PageSink {
    private final PageChannel channel;
    private final ByteBuffer index = ByteBuffer.allocate(MOST_RUNS * ENTRY);
    private final ByteBuffer content = ByteBuffer.allocateDirect(MOST_CONTENT);
    private int object;

    Writer(PageChannel channel) {
      this.channel = channel;
    }

    @Override
    public void accept(int space, long address, ByteBuffer bytes) {
      boolean alone = bytes.remaining() >= LONG_RUN;
      if (alone
          || space != object
          || !index.hasRemaining()
          || bytes.remaining() > content.remaining()) {
        flush();
      }
      if (alone) {
        channel.send(FrameKind.PAGES, space, address, bytes);
        return;
      }
      object = space;
      index.putLong(address).putInt(bytes.remaining());
      content.put(bytes);
    }

    void flush() {
      int runs = index.position() / ENTRY;
      if (runs > 0) {
        channel.send(FrameKind.RUNS, object, runs, index.flip(), content.flip());
        index.clear();
        content.clear();
      }
    }
  }

  /** The runs of one frame. */
  static final class Reader implements ProcessMover.PageSource {
    private final int space;
    private final ByteBuffer index;
    private final ByteBuffer content;
    private @Nullable Run single;

    private Reader(int space, ByteBuffer index, ByteBuffer content, @Nullable Run single) {
      this.space = space;
      this.index = index;
      this.content = content;
      this.single = single;
    }

    /** Reads a frame of kind PAGES or RUNS, as long as it is valid. */
    static Reader of(PageChannel.Frame frame) {
      ByteBuffer payload = frame.payload();
      if (frame.kind() == FrameKind.PAGES) {
        return new Reader(
            frame.space(),
            ByteBuffer.allocate(0),
            payload,
            new Run(frame.space(), frame.address(), payload));
      }
      long runs = frame.address();
      if (frame.kind() != FrameKind.RUNS
          || runs <= 0
          || runs > MOST_RUNS
          || runs * ENTRY > payload.remaining()) {
        throw garbage("a frame of kind " + frame.kind() + " with " + runs + " runs came");
      }
      int split = (int) runs * ENTRY;
      return new Reader(
          frame.space(),
          payload.slice(0, split),
          payload.slice(split, payload.remaining() - split),
          null);
    }

    @Override
    public @Nullable Run next() {
      Run alone = single;
      if (alone != null) {
        single = null;
        return alone;
      }
      if (!index.hasRemaining()) {
        return null;
      }
      long address = index.getLong();
      int length = index.getInt();
      if (length <= 0 || length > content.remaining()) {
        throw garbage("a run of " + length + " bytes of " + content.remaining() + " came");
      }
      ByteBuffer bytes = content.slice(content.position(), length);
      content.position(content.position() + length);
      return new Run(space, address, bytes);
    }
  }

  private static GodwitException garbage(String why) {
    return new GodwitException(
        WireError.GARBAGE, "receiving pages", why, "run the same version of Godwit on both nodes");
  }
}

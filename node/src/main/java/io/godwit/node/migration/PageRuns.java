package io.godwit.node.migration;

import io.godwit.core.GodwitException;
import io.godwit.engine.EngineLimits;
import io.godwit.engine.pages.PageSource.Zeros;
import io.godwit.engine.pages.ZeroPages;
import io.godwit.wire.FrameKind;
import io.godwit.wire.PageChannel;
import io.godwit.wire.PageForm;
import io.godwit.wire.WireError;
import io.godwit.wire.WireLimits;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts short runs of pages together into one frame and leaves out pages of zeros, and takes frames
 * apart: memory that was written here and there is thousands of single pages, of which each would
 * be a frame of its own.
 *
 * <p>A run with zeros in it is cut where many follow each other. What is left of it goes as one
 * sparse frame if it is long, so that who writes it can still use huge pages, else piece by piece
 * with other short runs.
 */
final class PageRuns {
  /** Runs of at least this many bytes go alone, without being copied. */
  private static final int LONG_RUN = 128 << 10;

  /** Zeros at which a run is cut, in pages. */
  private static final int MANY_ZEROS = 16;

  private static final int PAGE = EngineLimits.PAGE_SIZE;
  private static final int ENTRY = 12;
  private static final int MOST_RUNS = 1024;
  private static final int MOST_CONTENT = WireLimits.PAGE_PAYLOAD_BYTES - MOST_RUNS * ENTRY;

  /** The most zeros that one run may stand for, in bytes. */
  private static final int MOST_ZEROS = 1 << 30;

  private PageRuns() {}

  /** Sends runs; {@link #flush} after the last. One thread. */
  static final class Writer implements ProcessMover.PageSink {
    private final PageChannel channel;
    private final boolean elides;
    private final ByteBuffer index = ByteBuffer.allocate(MOST_RUNS * ENTRY);
    private final ByteBuffer content = ByteBuffer.allocateDirect(MOST_CONTENT);
    private final ByteBuffer map =
        ByteBuffer.allocate(WireLimits.PAGE_PAYLOAD_BYTES / PAGE / Byte.SIZE + Integer.BYTES);
    private int object;
    private long zeroBytes;

    /**
     * Writes to a channel.
     *
     * @param forms that the other side understands
     */
    Writer(PageChannel channel, Set<PageForm> forms) {
      this.channel = channel;
      this.elides = forms.contains(PageForm.ZEROS);
    }

    /** Memory that was not sent because it is zeros, in bytes. */
    long zeroBytes() {
      return zeroBytes;
    }

    @Override
    public long elided() {
      return zeroBytes;
    }

    @Override
    public void accept(int space, long address, ByteBuffer bytes) {
      BitSet zeros = elides ? ZeroPages.in(bytes) : new BitSet();
      if (zeros.isEmpty()) {
        data(space, address, bytes);
        return;
      }
      int pages = (bytes.remaining() + PAGE - 1) / PAGE;
      for (int from = 0, to; from < pages; from = to) {
        to = zeros.get(from) ? zeros.nextClearBit(from) : endOfData(zeros, from, pages);
        ByteBuffer part = part(bytes, from, to);
        if (zeros.get(from)) {
          zeros(space, address + (long) from * PAGE, part.remaining());
        } else {
          mixed(space, address + (long) from * PAGE, part, zeros.get(from, to));
        }
      }
    }

    /** As {@link #accept}, and on its way when this returns. */
    void send(int space, long address, ByteBuffer bytes) {
      if (elides && !ZeroPages.in(bytes).isEmpty()) {
        accept(space, address, bytes);
        flush();
      } else {
        channel.send(FrameKind.PAGES, space, address, bytes);
      }
    }

    private static ByteBuffer part(ByteBuffer bytes, int from, int to) {
      int start = bytes.position() + from * PAGE;
      return bytes.slice(start, Math.min(bytes.limit() - start, (to - from) * PAGE));
    }

    /** Where many zeros begin, or those that go on to the end. */
    private static int endOfData(BitSet zeros, int from, int pages) {
      for (int zero = zeros.nextSetBit(from); zero >= 0; ) {
        int end = zeros.nextClearBit(zero);
        if (end >= pages || end - zero >= MANY_ZEROS) {
          return zero;
        }
        zero = zeros.nextSetBit(end);
      }
      return pages;
    }

    private void mixed(int space, long address, ByteBuffer bytes, BitSet zeros) {
      if (zeros.isEmpty()) {
        data(space, address, bytes);
      } else if (bytes.remaining() >= LONG_RUN) {
        sparse(space, address, bytes, zeros);
      } else {
        int pages = (bytes.remaining() + PAGE - 1) / PAGE;
        for (int from = 0, to; from < pages; from = to) {
          boolean zero = zeros.get(from);
          to = zero ? zeros.nextClearBit(from) : end(zeros.nextSetBit(from), pages);
          ByteBuffer part = part(bytes, from, to);
          if (zero) {
            zeros(space, address + (long) from * PAGE, part.remaining());
          } else {
            data(space, address + (long) from * PAGE, part);
          }
        }
      }
    }

    private static int end(int found, int pages) {
      return found < 0 ? pages : found;
    }

    private void data(int space, long address, ByteBuffer bytes) {
      boolean alone = bytes.remaining() >= LONG_RUN;
      if (alone || bytes.remaining() > content.remaining()) {
        flush();
      }
      if (alone) {
        channel.send(FrameKind.PAGES, space, address, bytes);
        return;
      }
      entry(space, address, bytes.remaining());
      content.put(bytes);
    }

    private void zeros(int space, long address, int length) {
      zeroBytes += length;
      int last = index.position() - ENTRY;
      if (last >= 0 && space == object) {
        long before = -(long) index.getInt(last + Long.BYTES);
        if (before > 0
            && index.getLong(last) + before == address
            && before + length <= MOST_ZEROS) {
          index.putInt(last + Long.BYTES, -(int) (before + length));
          return;
        }
      }
      entry(space, address, -length);
    }

    private void entry(int space, long address, int length) {
      if (space != object || !index.hasRemaining()) {
        flush();
      }
      object = space;
      index.putLong(address).putInt(length);
    }

    private void sparse(int space, long address, ByteBuffer bytes, BitSet zeros) {
      flush();
      int length = bytes.remaining();
      int pages = (length + PAGE - 1) / PAGE;
      zeroBytes += (long) zeros.cardinality() * PAGE;
      List<ByteBuffer> parts = new ArrayList<>();
      map.clear();
      for (int at = 0; at < pages; at += Byte.SIZE) {
        map.put((byte) 0);
      }
      for (int from = zeros.nextClearBit(0), to; from < pages; from = zeros.nextClearBit(to)) {
        to = end(zeros.nextSetBit(from), pages);
        parts.add(part(bytes, from, to));
        for (int page = from; page < to; page++) {
          map.put(page / 8, (byte) (map.get(page / 8) | 1 << page % 8));
        }
      }
      parts.add(map.putInt(length).flip());
      channel.send(FrameKind.SPARSE, space, address, parts.toArray(ByteBuffer[]::new));
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
    private long zerosFrom;
    private int zerosLeft;

    private Reader(int space, ByteBuffer index, ByteBuffer content, @Nullable Run single) {
      this.space = space;
      this.index = index;
      this.content = content;
      this.single = single;
    }

    /** Whether a frame of this kind holds pages. */
    static boolean reads(FrameKind kind) {
      return kind == FrameKind.PAGES || kind == FrameKind.RUNS || kind == FrameKind.SPARSE;
    }

    /** Reads a frame that holds pages, as long as it is valid. */
    static Reader of(PageChannel.Frame frame) {
      return switch (frame.kind()) {
        case PAGES -> new Reader(frame, Zeros.UNKNOWN);
        case SPARSE -> {
          expand(frame.payload());
          yield new Reader(frame, Zeros.SOME);
        }
        case RUNS -> runs(frame);
        default -> throw garbage("a frame of kind " + frame.kind() + " came");
      };
    }

    private Reader(PageChannel.Frame frame, Zeros zeros) {
      this(
          frame.space(),
          ByteBuffer.allocate(0),
          frame.payload(),
          new Run(frame.space(), frame.address(), frame.payload(), zeros));
      within(frame.address(), frame.payload().remaining());
    }

    private static Reader runs(PageChannel.Frame frame) {
      ByteBuffer payload = frame.payload();
      long runs = frame.address();
      if (runs <= 0 || runs > MOST_RUNS || runs * ENTRY > payload.remaining()) {
        throw garbage("a frame with " + runs + " runs came");
      }
      int split = (int) runs * ENTRY;
      return new Reader(
          frame.space(),
          payload.slice(0, split),
          payload.slice(split, payload.remaining() - split),
          null);
    }

    /** Puts the pages of a sparse payload where they belong and zeros between them. */
    private static void expand(ByteBuffer payload) {
      int size = payload.remaining();
      int length = size < Integer.BYTES ? -1 : payload.getInt(size - Integer.BYTES);
      int pages = (length + PAGE - 1) / PAGE;
      int mapBytes = (pages + Byte.SIZE - 1) / Byte.SIZE;
      int bytes = size - Integer.BYTES - mapBytes;
      if (length <= 0 || length > payload.capacity() || bytes < 0) {
        throw garbage("a sparse run of " + length + " bytes came in " + size);
      }
      BitSet present = BitSet.valueOf(payload.slice(bytes, mapBytes));
      int expected = present.cardinality() * PAGE;
      if (present.get(pages - 1)) {
        expected -= pages * PAGE - length;
      }
      if (present.length() > pages || bytes != expected) {
        throw garbage("a sparse run of " + length + " bytes came with " + bytes);
      }
      payload.limit(length);
      // From the end on, so that no page is written over before it was moved.
      int from = bytes;
      for (int page = pages - 1; page >= 0; page--) {
        int at = page * PAGE;
        int part = Math.min(PAGE, length - at);
        if (present.get(page)) {
          from -= part;
          if (from != at) {
            payload.put(at, payload, from, part);
          }
        } else {
          payload.put(at, ZeroPages.ofLength(part), 0, part);
        }
      }
    }

    @Override
    public @Nullable Run next() {
      Run alone = single;
      if (alone != null) {
        single = null;
        return alone;
      }
      if (zerosLeft > 0) {
        return zeros();
      }
      if (!index.hasRemaining()) {
        return null;
      }
      long address = index.getLong();
      int length = index.getInt();
      if (length < 0 && length >= -MOST_ZEROS) {
        within(address, -length);
        zerosFrom = address;
        zerosLeft = -length;
        return zeros();
      }
      if (length <= 0 || length > content.remaining()) {
        throw garbage("a run of " + length + " bytes of " + content.remaining() + " came");
      }
      within(address, length);
      ByteBuffer bytes = content.slice(content.position(), length);
      content.position(content.position() + length);
      return new Run(space, address, bytes, Zeros.UNKNOWN);
    }

    private Run zeros() {
      int length = Math.min(zerosLeft, EngineLimits.PAGE_CHUNK);
      Run run = new Run(space, zerosFrom, ZeroPages.ofLength(length), Zeros.ALL);
      zerosFrom += length;
      zerosLeft -= length;
      return run;
    }
  }

  private static void within(long address, int length) {
    if (address < 0 || address > Long.MAX_VALUE - length) {
      throw garbage("a run of " + length + " bytes at " + Long.toHexString(address) + " came");
    }
  }

  private static GodwitException garbage(String why) {
    return new GodwitException(
        WireError.GARBAGE, "receiving pages", why, "run the same version of Godwit on both nodes");
  }
}

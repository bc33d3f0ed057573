package io.godwit.node.migration;

import io.godwit.core.GodwitException;
import io.godwit.engine.EngineLimits;
import io.godwit.engine.pages.PageSource.Zeros;
import io.godwit.engine.pages.ZeroPages;
import io.godwit.node.visits.KeptCopy;
import io.godwit.node.visits.PageDigest;
import io.godwit.policy.transfer.Offering;
import io.godwit.wire.FrameKind;
import io.godwit.wire.PageChannel;
import io.godwit.wire.WireError;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Coming back: the source offers pages by their digests, the destination takes those that it has
 * from its copy of the earlier visit, and the others are sent.
 *
 * <p>Of one page the later content must win, so nothing of it may be on its way when it is offered
 * or sent again: offers overlap within one ascending pass over an address space, not beyond.
 */
final class PageOffers {
  /** Pages of one offer. Two of them are on their way at once. */
  static final int WINDOW_PAGES = 1024;

  private static final int PAGE = EngineLimits.PAGE_SIZE;
  private static final int WINDOW_BYTES = WINDOW_PAGES * PAGE;
  private static final int WINDOWS = 2;
  private static final int ENTRY = 12;

  private PageOffers() {}

  private record Run(long address, int firstPage, int pages) {}

  /** Pages that are offered together, as they were read. */
  private static final class Window {
    final ByteBuffer content = ByteBuffer.allocateDirect(WINDOW_BYTES);
    final ByteBuffer digests = ByteBuffer.allocate(WINDOW_PAGES * PageDigest.BYTES);
    final List<Run> runs = new ArrayList<>();
    int object;
    long hashNanos;

    int pages() {
      return content.position() / PAGE;
    }

    void clear() {
      content.clear();
      digests.clear();
      runs.clear();
      hashNanos = 0;
    }
  }

  /** Offers, and sends what is not held. Its buffers are made at once. One thread. */
  static final class Sender implements ProcessMover.PageSink {
    private final PageChannel channel;
    private final PageRuns.Writer direct;
    private final Offering rule;
    private final Duration patience;
    private final PageDigest digest = new PageDigest();
    private final Deque<Window> free = new ArrayDeque<>();
    private final Deque<Window> offered = new ArrayDeque<>();
    private final Map<Integer, Long> passed = new HashMap<>();
    private @Nullable Window filling;
    private int skip;
    private long heldBytes;

    /**
     * Offers on a channel on which nothing else is received meanwhile.
     *
     * @param direct what is not offered, or not held, goes there
     * @param patience for an answer
     */
    Sender(PageChannel channel, PageRuns.Writer direct, Offering rule, Duration patience) {
      this.channel = channel;
      this.direct = direct;
      this.rule = rule;
      this.patience = patience;
      for (int i = 0; i < WINDOWS; i++) {
        free.add(new Window());
      }
    }

    /** Memory that was not sent because the destination held it. */
    long heldBytes() {
      return heldBytes;
    }

    @Override
    public void accept(int object, long address, ByteBuffer bytes) {
      if (address < passed.getOrDefault(object, 0L)) {
        flush();
      }
      passed.put(object, address + bytes.remaining());
      if (filling == null && skip <= 0 && !rule.offersNext()) {
        skip = WINDOW_BYTES;
      }
      if (skip > 0) {
        skip -= bytes.remaining();
        timed(object, address, bytes);
        return;
      }
      int pages = bytes.remaining() / PAGE;
      BitSet zeros = ZeroPages.in(bytes);
      int at = 0;
      while (at < pages) {
        int end = zeros.get(at) ? zeros.nextClearBit(at) : zeros.nextSetBit(at);
        end = end < 0 ? pages : Math.min(end, pages);
        ByteBuffer part = bytes.slice(bytes.position() + at * PAGE, (end - at) * PAGE);
        if (zeros.get(at)) {
          direct.accept(object, address + (long) at * PAGE, part);
        } else {
          offer(object, address + (long) at * PAGE, part);
        }
        at = end;
      }
      int rest = bytes.position() + pages * PAGE;
      if (rest < bytes.limit()) {
        direct.accept(
            object, address + (long) pages * PAGE, bytes.slice(rest, bytes.limit() - rest));
      }
    }

    private void timed(int object, long address, ByteBuffer bytes) {
      int length = bytes.remaining();
      long start = System.nanoTime();
      direct.accept(object, address, bytes);
      rule.sent(length, System.nanoTime() - start);
    }

    private void offer(int object, long from, ByteBuffer bytes) {
      long address = from;
      while (bytes.hasRemaining()) {
        Window window = window(object);
        int length = Math.min(bytes.remaining(), window.content.remaining());
        int first = window.pages();
        window.content.put(bytes.slice(bytes.position(), length));
        bytes.position(bytes.position() + length);
        long start = System.nanoTime();
        for (int page = first; page < window.pages(); page++) {
          digest.append(window.content, page * PAGE, window.digests);
        }
        window.hashNanos += System.nanoTime() - start;
        window.runs.add(new Run(address, first, length / PAGE));
        address += length;
        if (!window.content.hasRemaining()) {
          sendOffer(window);
        }
      }
    }

    /** One of this object that has room. */
    private Window window(int object) {
      Window open = filling;
      if (open != null && open.object != object) {
        sendOffer(open);
        open = null;
      }
      if (open == null) {
        if (free.isEmpty()) {
          settle();
        }
        open = free.remove();
        open.object = object;
        filling = open;
      }
      return open;
    }

    private void sendOffer(Window window) {
      filling = null;
      ByteBuffer index = ByteBuffer.allocate(window.runs.size() * ENTRY);
      window.runs.forEach(run -> index.putLong(run.address()).putInt(run.pages()));
      channel.send(
          FrameKind.OFFER, window.object, window.runs.size(), index.flip(), window.digests.flip());
      offered.add(window);
    }

    /** Takes the answer to the oldest offer and sends what is not held. */
    private void settle() {
      Window window = offered.remove();
      long start = System.nanoTime();
      BitSet held = answer(channel.expect(FrameKind.HELD, patience), window.pages());
      for (Run run : window.runs) {
        int end = run.firstPage() + run.pages();
        for (int from = held.nextClearBit(run.firstPage()), to; from < end; ) {
          to = held.nextSetBit(from);
          to = to < 0 ? end : Math.min(to, end);
          direct.accept(
              window.object,
              run.address() + (long) (from - run.firstPage()) * PAGE,
              window.content.slice(from * PAGE, (to - from) * PAGE));
          from = held.nextClearBit(to);
        }
      }
      long bytes = (long) window.pages() * PAGE;
      long spared = (long) held.cardinality() * PAGE;
      heldBytes += spared;
      rule.offered(bytes, spared, window.hashNanos);
      rule.sent(bytes - spared, System.nanoTime() - start);
      window.clear();
      free.add(window);
    }

    private static BitSet answer(PageChannel.Frame frame, int pages) {
      BitSet held = BitSet.valueOf(frame.payload());
      if (frame.address() != pages || held.length() > pages) {
        throw garbage("an answer about " + frame.address() + " pages came to " + pages);
      }
      return held;
    }

    @Override
    public long elided() {
      flush();
      return heldBytes + direct.zeroBytes();
    }

    /** All that was taken is on its way when this returns. */
    void flush() {
      Window open = filling;
      if (open != null) {
        sendOffer(open);
      }
      while (!offered.isEmpty()) {
        settle();
      }
      direct.flush();
      passed.clear();
    }
  }

  /** Answers offers. One thread. */
  static final class Taker {
    private final PageChannel channel;
    private final @Nullable KeptCopy kept;
    private final ByteBuffer content;

    /**
     * Its buffer is made at once.
     *
     * @param kept what there is of the earlier visit, if anything
     */
    Taker(PageChannel channel, @Nullable KeptCopy kept) {
      this.channel = channel;
      this.kept = kept;
      this.content = ByteBuffer.allocateDirect(kept == null ? 0 : WINDOW_BYTES);
    }

    /**
     * Answers an offer.
     *
     * @param usable whether pages are of use at present
     * @return the pages that are here, valid until the next offer
     */
    ProcessMover.PageSource take(PageChannel.Frame offer, boolean usable) {
      List<Run> runs = runs(offer);
      int pages = offer.payload().remaining() / PageDigest.BYTES;
      BitSet held = kept == null || !usable ? new BitSet() : kept.find(offer.payload(), content);
      byte[] bits = new byte[(pages + Byte.SIZE - 1) / Byte.SIZE];
      byte[] set = held.toByteArray();
      System.arraycopy(set, 0, bits, 0, set.length);
      channel.send(FrameKind.HELD, offer.space(), pages, ByteBuffer.wrap(bits));
      return new Pages(offer.space(), runs, held);
    }

    /** Reads the runs of an offer; what remains of its payload are the digests. */
    private static List<Run> runs(PageChannel.Frame offer) {
      ByteBuffer payload = offer.payload();
      long count = offer.address();
      if (count <= 0 || count > WINDOW_PAGES || count * ENTRY > payload.remaining()) {
        throw garbage("an offer of " + count + " runs came");
      }
      List<Run> runs = new ArrayList<>();
      int total = 0;
      for (int i = 0; i < count; i++) {
        long address = payload.getLong();
        int pages = payload.getInt();
        if (pages <= 0
            || pages > WINDOW_PAGES - total
            || address < 0
            || address > Long.MAX_VALUE - WINDOW_BYTES) {
          throw garbage(
              "an offer of " + pages + " pages at " + Long.toHexString(address) + " came");
        }
        runs.add(new Run(address, total, pages));
        total += pages;
      }
      if (payload.remaining() != total * PageDigest.BYTES) {
        throw garbage("an offer of " + total + " pages has " + payload.remaining() + " bytes");
      }
      return runs;
    }

    /** Those of an offer that are held, in pieces like those that are sent. */
    private final class Pages implements ProcessMover.PageSource {
      private final int object;
      private final List<ProcessMover.PageSource.Run> left = new ArrayList<>();
      private int next;

      Pages(int object, List<PageOffers.Run> runs, BitSet held) {
        this.object = object;
        runs.forEach(run -> add(run, held));
      }

      private void add(PageOffers.Run run, BitSet held) {
        int end = run.firstPage() + run.pages();
        for (int from = held.nextSetBit(run.firstPage()), to; from >= 0 && from < end; ) {
          long address = run.address() + (long) (from - run.firstPage()) * PAGE;
          int room = (int) ((EngineLimits.PAGE_CHUNK - address % EngineLimits.PAGE_CHUNK) / PAGE);
          to = Math.min(Math.min(held.nextClearBit(from), end), from + Math.max(1, room));
          ByteBuffer bytes = content.slice(from * PAGE, (to - from) * PAGE);
          left.add(new ProcessMover.PageSource.Run(object, address, bytes, Zeros.UNKNOWN));
          from = held.nextSetBit(to);
        }
      }

      @Override
      public ProcessMover.PageSource.@Nullable Run next() {
        return next < left.size() ? left.get(next++) : null;
      }
    }
  }

  private static GodwitException garbage(String why) {
    return new GodwitException(
        WireError.GARBAGE, "offering pages", why, "run the same version of Godwit on both nodes");
  }
}

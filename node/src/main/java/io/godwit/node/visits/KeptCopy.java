package io.godwit.node.visits;

import io.godwit.engine.EngineLimits;
import io.godwit.engine.pages.ZeroPages;
import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.Memfds;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The pages of a pod that has left. Filled and indexed by one thread, then read by others, one at a
 * time.
 */
public final class KeptCopy implements AutoCloseable {
  private static final Logger LOG = System.getLogger(KeptCopy.class.getName());
  private static final int PAGE = EngineLimits.PAGE_SIZE;

  private final FileChannel file;
  private final CountDownLatch ready = new CountDownLatch(1);
  private volatile long bytes;
  private volatile boolean usable;

  /** The digests of the pages, in their order. */
  private byte[] digests = new byte[0];

  /** A hash table with open addressing: pages counted from 1, 0 where there is none. */
  private int[] slots = new int[1];

  private KeptCopy(FileChannel file) {
    this.file = file;
  }

  /** An empty one, in a file of memory that nobody else can open. */
  static KeptCopy create() throws IOException {
    Fd memory = Memfds.create("godwit-visit", 0);
    try {
      return new KeptCopy(
          FileChannel.open(
              Path.of("/proc/self/fd/" + memory.number()),
              StandardOpenOption.READ,
              StandardOpenOption.WRITE));
    } finally {
      Descriptors.close(memory);
    }
  }

  /** How much memory it takes, without its index. */
  long bytes() {
    return bytes;
  }

  /**
   * Adds whole pages that are not zeros, as many as there is room for.
   *
   * @param content position and limit stay
   * @param room the most bytes that may be added
   */
  void add(ByteBuffer content, long room) throws IOException {
    int pages = content.remaining() / PAGE;
    BitSet zeros = ZeroPages.in(content);
    long left = room;
    for (int from = zeros.nextClearBit(0); from < pages && left >= PAGE; ) {
      int zero = zeros.nextSetBit(from);
      int stretch = (zero < 0 ? pages : Math.min(zero, pages)) - from;
      int end = from + (int) Math.min(stretch, left / PAGE);
      ByteBuffer part = content.slice(content.position() + from * PAGE, (end - from) * PAGE);
      long at = bytes;
      while (part.hasRemaining()) {
        at += file.write(part, at);
      }
      bytes = at;
      left -= (long) (end - from) * PAGE;
      from = zeros.nextClearBit(end);
    }
  }

  /** Computes the digests; from then on pages are found. */
  void index() throws IOException {
    try {
      int pages = Math.toIntExact(bytes / PAGE);
      digests = new byte[Math.multiplyExact(pages, PageDigest.BYTES)];
      slots = new int[Math.max(2, Integer.highestOneBit(pages) * 4)];
      ByteBuffer out = ByteBuffer.wrap(digests);
      ByteBuffer buffer = ByteBuffer.allocateDirect(EngineLimits.PAGE_CHUNK);
      PageDigest digest = new PageDigest();
      for (long at = 0; at < bytes; at += buffer.limit()) {
        buffer.clear().limit((int) Math.min(buffer.capacity(), bytes - at));
        read(buffer, at);
        for (int page = 0; page < buffer.limit(); page += PAGE) {
          digest.append(buffer, page, out);
        }
      }
      for (int page = 0; page < pages; page++) {
        int slot = slot(ByteBuffer.wrap(digests, page * PageDigest.BYTES, PageDigest.BYTES));
        if (slots[slot] == 0) {
          slots[slot] = page + 1;
        }
      }
      usable = true;
    } finally {
      ready.countDown();
    }
  }

  private void read(ByteBuffer into, long from) throws IOException {
    long at = from;
    while (into.hasRemaining()) {
      int read = file.read(into, at);
      if (read < 0) {
        throw new IOException("the copy ends at " + at);
      }
      at += read;
    }
  }

  /** Where a digest is, or would be: the digest itself is as good a hash as any. */
  private int slot(ByteBuffer digest) {
    int slot = digest.getInt(digest.position()) & (slots.length - 1);
    while (slots[slot] != 0 && digest.mismatch(digestOf(slots[slot] - 1)) >= 0) {
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  }

  private ByteBuffer digestOf(int page) {
    return ByteBuffer.wrap(digests, page * PageDigest.BYTES, PageDigest.BYTES);
  }

  /** Whether pages can be found. */
  boolean isReady() {
    return usable;
  }

  /** Waits until pages can be found; false when that takes longer, or will not be. */
  public boolean awaitReady(Duration time) throws InterruptedException {
    return ready.await(time.toNanos(), TimeUnit.NANOSECONDS) && usable;
  }

  /**
   * Finds pages by their digests. Each one that is found has been read, and its digest computed
   * anew: what is damaged is not found.
   *
   * @param wanted a digest for each page
   * @param into gets the page that was asked for at place i at i times the size of a page
   * @return the places of those that were found
   */
  public BitSet find(ByteBuffer wanted, ByteBuffer into) {
    int count = wanted.remaining() / PageDigest.BYTES;
    BitSet found = new BitSet(count);
    if (!usable) {
      return found;
    }
    int[] pages = new int[count];
    for (int i = 0; i < count; i++) {
      pages[i] = slots[slot(digest(wanted, i))] - 1;
    }
    PageDigest digest = new PageDigest();
    for (int from = 0, to; from < count; from = to) {
      to = from + 1;
      if (pages[from] < 0) {
        continue;
      }
      while (to < count && pages[to] == pages[to - 1] + 1) {
        to++;
      }
      try {
        read(into.slice(from * PAGE, (to - from) * PAGE), (long) pages[from] * PAGE);
      } catch (IOException closed) {
        LOG.log(Level.DEBUG, "a copy of an earlier visit is gone: {0}", closed.toString());
        return found;
      }
      for (int i = from; i < to; i++) {
        if (digest.fits(into, i * PAGE, digest(wanted, i))) {
          found.set(i);
        } else {
          LOG.log(Level.WARNING, "a page of an earlier visit is damaged: it is asked for");
        }
      }
    }
    return found;
  }

  private static ByteBuffer digest(ByteBuffer all, int place) {
    return all.slice(all.position() + place * PageDigest.BYTES, PageDigest.BYTES);
  }

  /** Gives its memory back. Whoever reads it meanwhile finds nothing more. */
  @Override
  public void close() {
    usable = false;
    ready.countDown();
    try {
      file.close();
    } catch (IOException gone) {
      LOG.log(Level.DEBUG, "closing a copy of an earlier visit: {0}", gone.toString());
    }
  }
}

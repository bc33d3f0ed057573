package io.godwit.node.store;

import io.godwit.core.GodwitException;
import io.godwit.engine.pages.ZeroPages;
import io.godwit.node.NodeError;
import io.godwit.node.journal.DurableFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.LongConsumer;

/** Writes one file of the page store, whose format is that of {@link PageFile}. One thread. */
public final class PageFileWriter implements AutoCloseable {
  private static final int FIRST_CHECKS = 1024;

  private final Path partial;
  private final Path whole;
  private final StoredFacts facts;
  private final FileChannel channel;
  private final LongConsumer room;
  private final List<PageFile.Run> runs = new ArrayList<>();
  private int[] checks = new int[FIRST_CHECKS];
  private int pages;
  private long end = PageFile.HEADER;
  private long zeroBytes;
  private boolean sealed;

  /**
   * @param room told how long the file is to be; throws where that is too long
   */
  PageFileWriter(
      Path partial, Path whole, StoredFacts facts, FileChannel channel, LongConsumer room) {
    this.partial = partial;
    this.whole = whole;
    this.facts = facts;
    this.channel = channel;
    this.room = room;
  }

  /** Bytes of memory written so far. */
  public long bytes() {
    return (long) pages * PageFile.PAGE;
  }

  /** Bytes of memory that were not written because they are zeros. */
  public long zeroBytes() {
    return zeroBytes;
  }

  /**
   * Takes whole pages; none may come twice.
   *
   * @param content in the order of addresses
   */
  public void add(int space, long address, ByteBuffer content) {
    int count = content.remaining() / PageFile.PAGE;
    if (content.remaining() % PageFile.PAGE != 0 || (address & (PageFile.PAGE - 1)) != 0) {
      throw new IllegalArgumentException(
          content.remaining() + " bytes at " + address + " are no pages");
    }
    BitSet zeros = ZeroPages.in(content);
    for (int from = 0, to; from < count; from = to) {
      boolean zero = zeros.get(from);
      int change = zero ? zeros.nextClearBit(from) : zeros.nextSetBit(from);
      to = change < 0 ? count : Math.min(count, change);
      long at = address + (long) from * PageFile.PAGE;
      if (zero) {
        run(space, at, to - from, PageFile.ZEROS);
        zeroBytes += (long) (to - from) * PageFile.PAGE;
      } else {
        int start = content.position() + from * PageFile.PAGE;
        write(space, at, content.slice(start, (to - from) * PageFile.PAGE));
      }
    }
  }

  private void write(int space, long address, ByteBuffer content) {
    int count = content.remaining() / PageFile.PAGE;
    if (pages + count > PageFile.MOST_PAGES) {
      throw tooLong();
    }
    room.accept(end + content.remaining());
    if (checks.length < pages + count) {
      checks = Arrays.copyOf(checks, Math.max(pages + count, checks.length * 2));
    }
    run(space, address, count, end);
    for (int i = 0; i < count; i++) {
      checks[pages++] = PageFile.check(content.slice(i * PageFile.PAGE, PageFile.PAGE));
    }
    write(content, end);
    end += (long) count * PageFile.PAGE;
  }

  private void write(ByteBuffer content, long at) {
    try {
      long to = at;
      while (content.hasRemaining()) {
        to += channel.write(content, to);
      }
    } catch (IOException failed) {
      throw PageFile.failed("writing pages to", partial, failed);
    }
  }

  private void run(int space, long address, int count, long offset) {
    if (!runs.isEmpty()) {
      PageFile.Run last = runs.getLast();
      boolean goesOn = last.isZeros() ? offset == PageFile.ZEROS : offset == offsetAfter(last);
      if (last.space() == space && last.end() == address && goesOn) {
        runs.set(
            runs.size() - 1,
            new PageFile.Run(
                space, last.address(), last.pages() + count, last.offset(), last.check()));
        return;
      }
    }
    if (runs.size() >= PageFile.MOST_RUNS) {
      throw tooLong();
    }
    runs.add(new PageFile.Run(space, address, count, offset, pages));
  }

  private static long offsetAfter(PageFile.Run run) {
    return run.offset() + (long) run.pages() * PageFile.PAGE;
  }

  private GodwitException tooLong() {
    return new GodwitException(
        NodeError.PAGE_STORE,
        "writing pages to " + partial,
        "the process has more memory than one file can hold",
        "move it by another strategy");
  }

  /** Everything is on the disk when this returns, and the file has its final name. */
  public void seal() {
    try {
      ByteBuffer index = index();
      int check = PageFile.check(index);
      long length = index.remaining();
      room.accept(end + length);
      write(index, end);
      channel.force(true);
      write(header(length, check), 0);
      channel.force(true);
      Files.move(partial, whole, StandardCopyOption.ATOMIC_MOVE);
      DurableFiles.forceDirectoryOf(whole);
      sealed = true;
    } catch (IOException failed) {
      throw PageFile.failed("writing pages to", partial, failed);
    }
  }

  private ByteBuffer index() {
    long length = Integer.BYTES + (long) runs.size() * PageFile.RUN + (long) pages * Integer.BYTES;
    if (length > Integer.MAX_VALUE - Long.BYTES) {
      throw tooLong();
    }
    ByteBuffer index = ByteBuffer.allocate((int) length).putInt(runs.size());
    for (PageFile.Run run : runs) {
      index.putInt(run.space()).putInt(run.pages()).putLong(run.address()).putLong(run.offset());
    }
    for (int i = 0; i < pages; i++) {
      index.putInt(checks[i]);
    }
    return index.flip();
  }

  private ByteBuffer header(long indexLength, int indexCheck) {
    byte[] text = facts.encode();
    ByteBuffer header = ByteBuffer.allocate(PageFile.HEADER);
    header.putLong(PageFile.MAGIC).putLong(end).putLong(indexLength).putInt(indexCheck);
    header.putInt(text.length).put(text);
    header.putInt(PageFile.HEADER_CHECK, PageFile.check(header.slice(0, PageFile.HEADER_CHECK)));
    return header.clear();
  }

  /** Removes what was not sealed. */
  @Override
  public void close() {
    try {
      channel.close();
      if (!sealed) {
        Files.deleteIfExists(partial);
      }
    } catch (IOException stays) {
      throw PageFile.failed("removing", partial, stays);
    }
  }
}

package io.godwit.node.store;

import io.godwit.core.AddressRange;
import io.godwit.core.GodwitException;
import io.godwit.engine.EngineLimits;
import io.godwit.engine.pages.PageOrigin;
import io.godwit.engine.pages.ZeroPages;
import io.godwit.image.ObjectId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads one file of the page store, whose format is that of {@link PageFile}. What does not fit its
 * checksum is an error that names the place. One thread at a time.
 */
public final class PageFileReader implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;
  private final StoredFacts facts;
  private final Map<Integer, TreeMap<Long, PageFile.Run>> spaces = new HashMap<>();
  private final int[] checks;
  private final ByteBuffer content = ByteBuffer.allocateDirect(EngineLimits.PAGE_CHUNK);

  /**
   * @param channel owned by this when it returns
   */
  PageFileReader(Path file, FileChannel channel) throws IOException {
    this.file = file;
    this.channel = channel;
    ByteBuffer header = ByteBuffer.allocate(PageFile.HEADER);
    read(header, 0);
    if (header.getLong(0) != PageFile.MAGIC
        || header.getInt(PageFile.HEADER_CHECK)
            != PageFile.check(header.slice(0, PageFile.HEADER_CHECK))) {
      throw PageFile.damaged(file, "it does not begin as a file of pages does");
    }
    long offset = header.getLong(8);
    long length = header.getLong(16);
    int textLength = header.getInt(28);
    if (offset < PageFile.HEADER
        || length < Integer.BYTES
        || length > Math.min(PageFile.MOST_INDEX, Integer.MAX_VALUE - Long.BYTES)
        || offset + length != channel.size()
        || textLength < 0
        || textLength > PageFile.HEADER_CHECK - PageFile.FACTS) {
      throw PageFile.damaged(
          file, "its index of " + length + " bytes at " + offset + " does not fit its length");
    }
    byte[] text = new byte[textLength];
    header.get(PageFile.FACTS, text);
    ByteBuffer index = ByteBuffer.allocate((int) length);
    read(index, offset);
    if (PageFile.check(index) != header.getInt(24)) {
      throw PageFile.damaged(file, "the checksum of its index does not fit");
    }
    try {
      this.facts = StoredFacts.decode(text);
      this.checks = index(index, offset);
    } catch (IllegalArgumentException | java.nio.BufferUnderflowException wrong) {
      throw PageFile.damaged(file, "its index is wrong: " + wrong.getMessage());
    }
  }

  private int[] index(ByteBuffer index, long limit) {
    int runs = index.getInt();
    if (runs < 0 || runs > PageFile.MOST_RUNS) {
      throw new IllegalArgumentException(runs + " runs");
    }
    int pages = 0;
    for (int i = 0; i < runs; i++) {
      int space = index.getInt();
      int count = index.getInt();
      PageFile.Run run = new PageFile.Run(space, index.getLong(), count, index.getLong(), pages);
      boolean there =
          run.offset() >= PageFile.HEADER
              && run.offset() <= limit - (long) run.pages() * PageFile.PAGE;
      if (count <= 0
          || count > PageFile.MOST_PAGES
          || run.address() < 0
          || run.end() < 0
          || !(run.isZeros() || there)) {
        throw new IllegalArgumentException("run " + i + " is " + run);
      }
      put(run);
      pages += run.isZeros() ? 0 : count;
      if (pages > PageFile.MOST_PAGES) {
        throw new IllegalArgumentException("too many pages");
      }
    }
    if (index.remaining() != pages * (long) Integer.BYTES) {
      throw new IllegalArgumentException(
          index.remaining() + " bytes of checksums for " + pages + " pages");
    }
    int[] all = new int[pages];
    index.asIntBuffer().get(all);
    return all;
  }

  private void put(PageFile.Run run) {
    TreeMap<Long, PageFile.Run> known = spaces.computeIfAbsent(run.space(), s -> new TreeMap<>());
    Map.Entry<Long, PageFile.Run> before = known.lowerEntry(run.end());
    if (before != null && before.getValue().end() > run.address()) {
      throw new IllegalArgumentException("pages at " + run.address() + " are there twice");
    }
    known.put(run.address(), run);
  }

  /** What the file says about itself. */
  public StoredFacts facts() {
    return facts;
  }

  /**
   * Gives out all pages of a range; without an answer that it is complete.
   *
   * @param range whole pages, at most {@link EngineLimits#PAGE_CHUNK} bytes
   * @throws GodwitException where a page is not there, or not as it was written
   */
  public void read(ObjectId space, AddressRange range, PageOrigin.Answers to) {
    TreeMap<Long, PageFile.Run> known = spaces.getOrDefault(space.number(), new TreeMap<>());
    for (long at = range.start(); at < range.end(); ) {
      Map.Entry<Long, PageFile.Run> found = known.floorEntry(at);
      if (found == null || found.getValue().end() <= at) {
        throw PageFile.damaged(
            file, "it has no page " + Long.toHexString(at) + " of address space " + space);
      }
      PageFile.Run run = found.getValue();
      int length = (int) Math.min(Math.min(run.end(), range.end()) - at, EngineLimits.PAGE_CHUNK);
      if (run.isZeros()) {
        to.arrivedZeros(space, at, ZeroPages.ofLength(length));
      } else {
        to.arrived(space, at, checked(run, at, length));
      }
      at += length;
    }
  }

  /**
   * Reads all pages.
   *
   * @throws GodwitException where one is not as it was written
   */
  public void verify() {
    for (TreeMap<Long, PageFile.Run> known : spaces.values()) {
      for (PageFile.Run run : known.values()) {
        for (long at = run.address(); at < run.end() && !run.isZeros(); ) {
          int length = (int) Math.min(run.end() - at, EngineLimits.PAGE_CHUNK);
          at += checked(run, at, length).remaining();
        }
      }
    }
  }

  private ByteBuffer checked(PageFile.Run run, long address, int length) {
    content.clear().limit(length);
    try {
      read(content, run.offset() + address - run.address());
    } catch (IOException failed) {
      throw PageFile.failed("reading pages from", file, failed);
    }
    int check = run.check() + (int) ((address - run.address()) / PageFile.PAGE);
    for (int at = 0; at < length; at += PageFile.PAGE) {
      if (PageFile.check(content.slice(at, PageFile.PAGE)) != checks[check++]) {
        throw PageFile.damaged(
            file,
            "page " + Long.toHexString(address + at) + " is not as it was written: its checksum");
      }
    }
    return content;
  }

  private void read(ByteBuffer into, long from) throws IOException {
    long at = from;
    while (into.hasRemaining()) {
      int bytes = channel.read(into, at);
      if (bytes < 0) {
        throw PageFile.damaged(file, "it ends at " + at);
      }
      at += bytes;
    }
    into.flip();
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException gone) {
      throw PageFile.failed("closing", file, gone);
    }
  }
}

package io.godwit.node.store;

import io.godwit.core.GodwitException;
import io.godwit.engine.EngineLimits;
import io.godwit.node.NodeError;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * The format of a file of the page store, big-endian:
 *
 * <pre>
 *     0  i64 magic "GWPAGES1"
 *     8  i64 offset of the index, i64 its length
 *    24  i32 CRC32C of the index
 *    28  i32 length of the facts, then these: lines of text, see {@link StoredFacts}
 *  4092  i32 CRC32C of all before
 *  4096  pages
 *     .  the index:
 *        i32 number of runs
 *        for each: i32 address space, i32 pages, i64 address, i64 offset (-1: all zeros)
 *        i32 CRC32C of each page that is there, in the order of the runs
 * </pre>
 *
 * The first 4096 bytes are written last, when the rest is on the disk.
 */
final class PageFile {
  static final int PAGE = EngineLimits.PAGE_SIZE;
  static final int HEADER = 4096;
  static final int HEADER_CHECK = HEADER - Integer.BYTES;
  static final long MAGIC = 0x4757504147455331L;
  static final int FACTS = 32;
  static final int RUN = 24;
  static final long ZEROS = -1;

  /** Runs of one file: as many as an index may have. */
  static final int MOST_RUNS = 4 << 20;

  /** Pages of one file: 256 GiB. */
  static final int MOST_PAGES = 64 << 20;

  /** The longest index, bytes. */
  static final long MOST_INDEX =
      Integer.BYTES + (long) MOST_RUNS * RUN + (long) MOST_PAGES * Integer.BYTES;

  private PageFile() {}

  /**
   * Pages that follow each other in memory and in the file.
   *
   * @param offset in the file, or {@link #ZEROS}
   * @param check the place of the first page's checksum among all
   */
  record Run(int space, long address, int pages, long offset, int check) {
    long end() {
      return address + (long) pages * PAGE;
    }

    boolean isZeros() {
      return offset == ZEROS;
    }
  }

  static int check(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate());
    return (int) crc.getValue();
  }

  static GodwitException damaged(Path file, String why) {
    return new GodwitException(
        NodeError.PAGE_STORE_DAMAGED,
        "reading pages from " + file,
        why,
        "check the disk of the page store; no page of it is used that is not as it was written");
  }

  static GodwitException failed(String doing, Path file, Exception cause) {
    return new GodwitException(
        NodeError.PAGE_STORE,
        doing + " " + file,
        cause.getClass().getSimpleName() + ": " + cause.getMessage(),
        "check that the page store is mounted, writable and has room",
        cause);
  }
}

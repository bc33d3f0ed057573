package io.godwit.linux.fuse;

import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Puts an answer together: struct fuse_out_header (len 4, error 4, unique 8), then its payload. */
final class Reply {
  static final int HEADER = 16;

  private static final long NANOS = 1_000_000_000L;
  private static final int BLOCK_SIZE = 4096;

  private final ByteBuffer buffer;
  private final Fd fuse;
  private final long cacheNanos;

  /**
   * @param capacity room for the payload
   * @param cacheNanos how long the kernel may keep names and attributes without asking
   */
  Reply(Fd fuse, int capacity, long cacheNanos) {
    this.fuse = fuse;
    this.cacheNanos = cacheNanos;
    this.buffer = ByteBuffer.allocateDirect(HEADER + capacity).order(ByteOrder.nativeOrder());
    clear();
  }

  void clear() {
    buffer.clear().position(HEADER);
  }

  /** Where the payload goes on. */
  ByteBuffer payload() {
    return buffer;
  }

  Reply putLong(long value) {
    buffer.putLong(value);
    return this;
  }

  Reply putInt(int value) {
    buffer.putInt(value);
    return this;
  }

  Reply putShort(int value) {
    buffer.putShort((short) value);
    return this;
  }

  Reply zeros(int count) {
    buffer.put(new byte[count]);
    return this;
  }

  Reply text(String text) {
    buffer.put(text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** struct fuse_attr. */
  Reply attributes(FileTree.Attributes a) {
    putLong(a.inode()).putLong(a.size()).putLong(a.blocks());
    putLong(Math.floorDiv(a.accessed(), NANOS));
    putLong(Math.floorDiv(a.modified(), NANOS));
    putLong(Math.floorDiv(a.changed(), NANOS));
    putInt((int) Math.floorMod(a.accessed(), NANOS));
    putInt((int) Math.floorMod(a.modified(), NANOS));
    putInt((int) Math.floorMod(a.changed(), NANOS));
    return putInt(a.mode())
        .putInt(a.links())
        .putInt(a.uid())
        .putInt(a.gid())
        .putInt(a.device())
        .putInt(BLOCK_SIZE)
        .putInt(0);
  }

  /** struct fuse_attr_out. */
  Reply attributesWithTime(FileTree.Attributes a) {
    return putLong(cacheNanos / NANOS).putInt((int) (cacheNanos % NANOS)).putInt(0).attributes(a);
  }

  /** struct fuse_entry_out. */
  Reply entry(FileTree.Entry entry) {
    return putLong(entry.node())
        .putLong(0)
        .putLong(cacheNanos / NANOS)
        .putLong(cacheNanos / NANOS)
        .putInt((int) (cacheNanos % NANOS))
        .putInt((int) (cacheNanos % NANOS))
        .attributes(entry.attributes());
  }

  /** struct fuse_open_out. */
  Reply opened(FileTree.Opened opened) {
    return putLong(opened.handle())
        .putInt(opened.keepCache() ? io.godwit.linux.abi.FuseAbi.FOPEN_KEEP_CACHE : 0)
        .putInt(0);
  }

  /**
   * Sends what was put.
   *
   * @param error positive errno, which sends the header alone, or 0
   */
  void send(long unique, int error) {
    int length = error == 0 ? buffer.position() : HEADER;
    buffer.putInt(0, length).putInt(4, -error).putLong(8, unique);
    buffer.position(0).limit(length);
    try {
      Descriptors.write(fuse, buffer);
    } catch (LinuxException e) {
      // ENOENT: the request was interrupted; ENODEV: unmounted. Nobody waits for the answer.
      if (!e.is(Errno.ENOENT) && !e.is(Errno.ENODEV)) {
        throw e;
      }
    } finally {
      clear();
    }
  }
}

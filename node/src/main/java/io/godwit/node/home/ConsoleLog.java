package io.godwit.node.home;

import io.godwit.core.GodwitException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a program wrote, kept in files of bounded size: when the newest is full another is begun and
 * the oldest goes. A file is named by the place in the log where it begins.
 *
 * <pre>
 *  record: "GC" | u8 stream | u8 1 | u32 length | u64 position in the stream | u64 millis since 1970
 *          | bytes
 * </pre>
 *
 * Not safe for use by several threads.
 */
public final class ConsoleLog implements AutoCloseable {
  private static final int HEADER = 24;
  private static final short MAGIC = 0x4743;
  private static final byte VERSION = 1;
  private static final String PREFIX = "console-";
  private static final String SUFFIX = ".log";

  private final Path directory;
  private final long segmentBytes;
  private final NavigableMap<Long, Path> segments = new TreeMap<>();
  private final Map<ConsoleStream, Long> ends = new EnumMap<>(ConsoleStream.class);
  private FileChannel newest;
  private long newestStart;
  private long newestLength;

  /** One write of the program and where the log goes on behind it. */
  @SuppressWarnings("ArrayRecordComponent") // the reader's own copy
  public record Entry(ConsoleStream stream, long position, Instant when, byte[] bytes, long next) {}

  /**
   * @param limitBytes of all files together
   */
  public ConsoleLog(Path directory, long limitBytes) {
    this.directory = directory;
    this.segmentBytes = Math.max(1, limitBytes / 2);
    try {
      Files.createDirectories(directory);
      find();
      newestStart = segments.isEmpty() ? 0 : segments.lastKey();
      newest = open(newestStart);
      recover();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private void find() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.matches(PREFIX + "[0-9a-f]{16}" + SUFFIX)) {
          String start = name.substring(PREFIX.length(), PREFIX.length() + 16);
          segments.put(Long.parseUnsignedLong(start, 16), file);
        }
      }
    }
  }

  private FileChannel open(long start) throws IOException {
    Path file = directory.resolve(PREFIX + "%016x".formatted(start) + SUFFIX);
    segments.put(start, file);
    return FileChannel.open(
        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  /** Finds how far each stream got and cuts off a record that was only half written. */
  private void recover() throws IOException {
    for (long start : segments.keySet()) {
      long at = start;
      long end = start + Files.size(file(start));
      while (at < end) {
        Entry entry = entryAt(at);
        if (entry == null) {
          break;
        }
        ends.put(entry.stream(), entry.position() + entry.bytes().length);
        at = entry.next();
      }
      if (start == newestStart) {
        newest.truncate(at - start);
        newestLength = at - start;
      }
    }
  }

  private Path file(long start) {
    Path file = segments.get(start);
    if (file == null) {
      throw new IllegalStateException("no part of the log begins at " + start);
    }
    return file;
  }

  /** The position behind the last byte of a stream that was ever logged. */
  public long endOf(ConsoleStream stream) {
    return ends.getOrDefault(stream, 0L);
  }

  /** The place behind the last record. */
  public long end() {
    return newestStart + newestLength;
  }

  /** The place of the oldest record that is kept. */
  public long start() {
    return segments.firstKey();
  }

  public void append(ConsoleStream stream, long position, byte[] bytes, Instant when) {
    try {
      if (newestLength > 0 && newestLength + HEADER + bytes.length > segmentBytes) {
        rotate();
      }
      ByteBuffer record = ByteBuffer.allocate(HEADER + bytes.length);
      record.putShort(MAGIC).put((byte) stream.number()).put(VERSION).putInt(bytes.length);
      record.putLong(position).putLong(when.toEpochMilli()).put(bytes).flip();
      long at = newestLength;
      while (record.hasRemaining()) {
        at += newest.write(record, at);
      }
      newestLength = at;
      ends.put(stream, position + bytes.length);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private void rotate() throws IOException {
    newest.close();
    newestStart += newestLength;
    newestLength = 0;
    newest = open(newestStart);
    while (segments.size() > 2) {
      Files.deleteIfExists(segments.pollFirstEntry().getValue());
    }
  }

  /** Takes away what came behind these places of the streams; the rest stays in its order. */
  public void cut(long outputEnd, long errorEnd) {
    Map<ConsoleStream, Long> limits =
        Map.of(ConsoleStream.OUTPUT, outputEnd, ConsoleStream.ERROR, errorEnd);
    try {
      long at = start();
      Entry entry = at < end() ? entryAt(at) : null;
      while (entry != null && endOf(entry) <= limits.getOrDefault(entry.stream(), 0L)) {
        at = entry.next();
        entry = at < end() ? entryAt(at) : null;
      }
      List<Entry> kept = new ArrayList<>();
      for (long next = at; entry != null; entry = next < end() ? entryAt(next) : null) {
        long room = limits.getOrDefault(entry.stream(), 0L) - entry.position();
        if (room > 0) {
          byte[] bytes =
              room < entry.bytes().length
                  ? java.util.Arrays.copyOf(entry.bytes(), (int) room)
                  : entry.bytes();
          kept.add(new Entry(entry.stream(), entry.position(), entry.when(), bytes, 0));
        }
        next = entry.next();
      }
      truncate(at);
      limits.forEach((stream, limit) -> ends.merge(stream, limit, Math::min));
      kept.forEach(each -> append(each.stream(), each.position(), each.bytes(), each.when()));
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static long endOf(Entry entry) {
    return entry.position() + entry.bytes().length;
  }

  private void truncate(long at) throws IOException {
    newest.close();
    while (segments.lastKey() > at) {
      Files.deleteIfExists(segments.pollLastEntry().getValue());
    }
    newestStart = segments.lastKey();
    newest = open(newestStart);
    newest.truncate(at - newestStart);
    newestLength = at - newestStart;
  }

  /**
   * Records from a place on, at most about so many bytes; a place that is not kept any more means
   * the oldest.
   */
  public List<Entry> read(long from, int atMost) {
    List<Entry> entries = new ArrayList<>();
    long at = Math.max(from, start());
    int bytes = 0;
    try {
      while (at < end() && bytes < atMost) {
        Entry entry = entryAt(at);
        if (entry == null) {
          break;
        }
        entries.add(entry);
        bytes += entry.bytes().length;
        at = entry.next();
      }
    } catch (IOException e) {
      throw failed(e);
    }
    return entries;
  }

  /** The record at a place; null where none is whole. */
  private @org.jspecify.annotations.Nullable Entry entryAt(long at) throws IOException {
    Map.Entry<Long, Path> segment = segments.floorEntry(at);
    if (segment == null) {
      return null;
    }
    try (FileChannel file = FileChannel.open(segment.getValue(), StandardOpenOption.READ)) {
      long offset = at - segment.getKey();
      ByteBuffer header = ByteBuffer.allocate(HEADER);
      if (!fill(file, header, offset)) {
        return null;
      }
      int magic = header.getShort();
      int stream = header.get();
      int version = header.get();
      int length = header.getInt();
      long position = header.getLong();
      long millis = header.getLong();
      if (magic != MAGIC
          || version != VERSION
          || stream < 1
          || stream > 2
          || position < 0
          || length < 0
          || length > ConsoleMessage.DATA_LIMIT) {
        return null;
      }
      ByteBuffer bytes = ByteBuffer.allocate(length);
      if (!fill(file, bytes, offset + HEADER)) {
        return null;
      }
      return new Entry(
          ConsoleStream.of(stream),
          position,
          Instant.ofEpochMilli(millis),
          bytes.array(),
          at + HEADER + length);
    }
  }

  private static boolean fill(FileChannel file, ByteBuffer into, long offset) throws IOException {
    long at = offset;
    while (into.hasRemaining()) {
      int count = file.read(into, at);
      if (count < 0) {
        return false;
      }
      at += count;
    }
    into.flip();
    return true;
  }

  @Override
  public void close() {
    try {
      newest.close();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private GodwitException failed(IOException e) {
    return new GodwitException(
        HomeError.LOG,
        "the console log in " + directory + " cannot be kept",
        String.valueOf(e.getMessage()),
        "make room on the disk of the state directory, or check its permissions",
        e);
  }
}

package io.godwit.image.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.core.AddressRange;
import io.godwit.image.ObjectId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** What an image should hold, page by page, kept beside the writer under test. */
final class PageModel {
  private static final int PAGE = 4096;
  private static final int PAGES = 600;

  private final Map<ObjectId, TreeMap<Long, byte[]>> expected = new HashMap<>();

  /** Says the same random things to the sink and to the model. */
  void fill(PageSink sink, Random random, int steps) {
    for (int step = 0; step < steps; step++) {
      ObjectId owner = new ObjectId(1 + random.nextInt(3));
      TreeMap<Long, byte[]> pages = expected.computeIfAbsent(owner, o -> new TreeMap<>());
      long first = random.nextInt(PAGES);
      int count = 1 + random.nextInt(random.nextInt(8) == 0 ? 500 : 5);
      AddressRange range = new AddressRange(first * PAGE, (first + count) * PAGE);
      switch (random.nextInt(6)) {
        case 0 -> {
          sink.zeros(owner, range);
          put(pages, first, new byte[count * PAGE]);
        }
        case 1 -> {
          sink.absent(owner, range);
          for (int i = 0; i < count; i++) {
            pages.remove(first + i);
          }
        }
        default -> {
          byte[] content = new byte[count * PAGE];
          if (random.nextBoolean()) {
            random.nextBytes(content);
          } else {
            Arrays.fill(content, (byte) random.nextInt());
          }
          put(pages, first, content);
          ByteBuffer buffer = ByteBuffer.wrap(content);
          if (random.nextBoolean()) {
            buffer = ByteBuffer.allocateDirect(content.length).put(content).flip();
          }
          sink.pages(owner, range, buffer);
          assertThat(buffer.hasRemaining()).isFalse();
        }
      }
    }
    expected.values().removeIf(TreeMap::isEmpty);
  }

  /** What holds now, for later. */
  PageModel copy() {
    PageModel copy = new PageModel();
    expected.forEach((owner, pages) -> copy.expected.put(owner, new TreeMap<>(pages)));
    return copy;
  }

  private static void put(Map<Long, byte[]> pages, long first, byte[] content) {
    for (int i = 0; i < content.length / PAGE; i++) {
      pages.put(first + i, Arrays.copyOfRange(content, i * PAGE, (i + 1) * PAGE));
    }
  }

  /** Compares what the reader replays, lists and reads with what was said. */
  void check(ImageReader reader) {
    assertThat(reader.owners()).containsExactlyInAnyOrderElementsOf(expected.keySet());
    PageModel replayed = new PageModel();
    reader.replay(replayed.collector());
    assertThat(replayed.expected.keySet()).isEqualTo(expected.keySet());
    for (ObjectId owner : expected.keySet()) {
      TreeMap<Long, byte[]> want = expected.get(owner);
      TreeMap<Long, byte[]> got = replayed.expected.get(owner);
      assertThat(got.keySet()).isEqualTo(want.keySet());
      want.forEach((page, content) -> assertThat(got.get(page)).isEqualTo(content));
      checkReads(reader, owner, want);
    }
  }

  private static void checkReads(ImageReader reader, ObjectId owner, Map<Long, byte[]> want) {
    long total = 0;
    for (PageExtent extent : reader.extents(owner)) {
      total += extent.range().length() / PAGE;
    }
    assertThat(total).isEqualTo(want.size());
    for (long page = 0; page < PAGES; page += 7) {
      ByteBuffer into = ByteBuffer.allocate(PAGE);
      int count = reader.read(owner, page * PAGE, into);
      byte[] content = want.get(page);
      assertThat(count).isEqualTo(content == null ? 0 : PAGE);
      if (content != null) {
        assertThat(into.array()).isEqualTo(content);
      }
    }
  }

  /** A sink that fills this model and insists on each page being said once. */
  PageSink collector() {
    return new PageSink() {
      @Override
      public void pages(ObjectId owner, AddressRange range, ByteBuffer pages) {
        byte[] content = new byte[pages.remaining()];
        pages.get(content);
        assertThat((long) content.length).isEqualTo(range.length());
        TreeMap<Long, byte[]> known = expected.computeIfAbsent(owner, o -> new TreeMap<>());
        assertThat(known.subMap(range.start() / PAGE, range.end() / PAGE)).isEmpty();
        put(known, range.start() / PAGE, content);
      }

      @Override
      public void zeros(ObjectId owner, AddressRange range) {
        pages(owner, range, ByteBuffer.allocate((int) range.length()));
      }

      @Override
      public void absent(ObjectId owner, AddressRange range) {
        throw new AssertionError("a reader says nothing of absent pages");
      }
    };
  }
}

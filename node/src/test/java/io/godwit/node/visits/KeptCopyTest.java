package io.godwit.node.visits;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KeptCopyTest {
  private static final int PAGE = 4096;
  private static final int PAGES = 600;

  private KeptCopy copy;
  private ByteBuffer memory;

  @BeforeEach
  void fill() throws Exception {
    byte[] bytes = new byte[PAGES * PAGE];
    new Random(5).nextBytes(bytes);
    for (int page = 0; page < PAGES; page += 7) {
      java.util.Arrays.fill(bytes, page * PAGE, (page + 1) * PAGE, (byte) 0);
    }
    System.arraycopy(bytes, PAGE, bytes, 20 * PAGE, PAGE);
    memory = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    copy = KeptCopy.create();
    for (int from = 0, pages; from < PAGES; from += pages) {
      pages = Math.min(PAGES - from, 1 + from % 100);
      copy.add(memory.slice(from * PAGE, pages * PAGE), Long.MAX_VALUE);
    }
  }

  @AfterEach
  void close() {
    copy.close();
  }

  private static ByteBuffer digests(ByteBuffer content) {
    PageDigest digest = new PageDigest();
    ByteBuffer all = ByteBuffer.allocate(content.remaining() / PAGE * PageDigest.BYTES + 3);
    all.position(3);
    for (int at = 0; at < content.remaining(); at += PAGE) {
      digest.append(content, at, all);
    }
    return all.flip().position(3);
  }

  private BitSet find(ByteBuffer wanted, ByteBuffer into) {
    ByteBuffer digests = digests(wanted);
    BitSet found = copy.find(digests, into);
    assertThat(digests.position()).isEqualTo(3);
    return found;
  }

  @Test
  void everyPageThatIsNotZerosIsFoundByItsContent() throws Exception {
    copy.index();
    assertThat(copy.awaitReady(Duration.ZERO)).isTrue();
    assertThat(copy.bytes()).isEqualTo((PAGES - (PAGES + 6) / 7) * (long) PAGE);
    ByteBuffer into = ByteBuffer.allocateDirect(PAGES * PAGE);
    BitSet found = find(memory, into);
    for (int page = 0; page < PAGES; page++) {
      assertThat(found.get(page)).as("page %d", page).isEqualTo(page % 7 != 0);
    }
    assertThat(into.mismatch(memory)).isEqualTo(-1);
  }

  @Test
  void whatHasChangedIsNotFound() throws Exception {
    copy.index();
    ByteBuffer changed = ByteBuffer.allocateDirect(4 * PAGE);
    changed.put(memory.slice(PAGE, 4 * PAGE)).flip();
    changed.put(2 * PAGE + 100, (byte) (changed.get(2 * PAGE + 100) ^ 1));
    BitSet found = find(changed, ByteBuffer.allocateDirect(4 * PAGE));
    assertThat(found).hasToString("{0, 1, 3}");
  }

  /** Whoever could write there would have to be root; memory can go bad by itself. */
  @Test
  void whatIsDamagedIsNotFound() throws Exception {
    copy.index();
    boolean damaged = false;
    try (var open = Files.list(Path.of("/proc/self/fd"))) {
      for (Path each : open.toList()) {
        if (Files.isSymbolicLink(each)
            && Files.readSymbolicLink(each).toString().contains("godwit-visit")) {
          try (FileChannel file = FileChannel.open(each, StandardOpenOption.WRITE)) {
            damaged = file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), PAGE + 50) == 3;
          }
        }
      }
    }
    assertThat(damaged).isTrue();
    // The second page that is kept is the third, since the first is zeros.
    BitSet found = find(memory.slice(PAGE, 4 * PAGE), ByteBuffer.allocateDirect(4 * PAGE));
    assertThat(found).hasToString("{0, 2, 3}");
  }

  @Test
  void nothingIsFoundBeforeTheDigestsAreThereOrAfterTheEnd() throws Exception {
    ByteBuffer into = ByteBuffer.allocateDirect(PAGES * PAGE);
    assertThat(copy.awaitReady(Duration.ZERO)).isFalse();
    assertThat(find(memory, into).isEmpty()).isTrue();
    copy.index();
    assertThat(find(memory, into).isEmpty()).isFalse();
    copy.close();
    assertThat(find(memory, into).isEmpty()).isTrue();
    assertThat(copy.awaitReady(Duration.ofMinutes(1))).isFalse();
  }

  @Test
  void noMoreIsAddedThanThereIsRoomFor() throws IOException {
    try (KeptCopy small = KeptCopy.create()) {
      small.add(memory, 10 * PAGE + 17);
      assertThat(small.bytes()).isEqualTo(10L * PAGE);
      small.add(memory, PAGE - 1);
      assertThat(small.bytes()).isEqualTo(10L * PAGE);
    }
  }
}

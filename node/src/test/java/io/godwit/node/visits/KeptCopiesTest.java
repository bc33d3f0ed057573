package io.godwit.node.visits;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.core.Epoch;
import io.godwit.core.NodeId;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeptCopiesTest {
  private static final int MIB = 1 << 20;
  private static final long FLOOR = 100L * MIB;
  private static final NodeId HOME = new NodeId("home");

  private long available = 10 * FLOOR;
  private long now = 1;
  private final KeptCopies copies =
      new KeptCopies(
          new KeptCopies.Limits(8 * MIB, Duration.ofHours(1), FLOOR), () -> available, () -> now);

  @AfterEach
  void close() {
    copies.close();
  }

  private static Visit visit(String pod, int epoch) {
    return new Visit(pod, HOME, new Epoch(epoch));
  }

  private static ByteBuffer content(int seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return ByteBuffer.allocateDirect(length).put(bytes).flip();
  }

  private long keep(String pod, int mebibytes) {
    KeptCopies.Keeping keeping = copies.begin(visit(pod, 1), (long) mebibytes * MIB);
    if (keeping == null) {
      return 0;
    }
    int pieces = 0;
    while (pieces < mebibytes && keeping.add(content(pod.hashCode() + pieces, MIB))) {
      pieces++;
    }
    keeping.finish();
    return copies.bytes();
  }

  private boolean has(String pod) {
    return copies.of(visit(pod, 2)) != null;
  }

  @Test
  void theOldestMakeRoom() {
    assertThat(keep("a", 3)).isEqualTo(3L * MIB);
    assertThat(keep("b", 4)).isEqualTo(7L * MIB);
    assertThat(keep("c", 5)).isEqualTo(5L * MIB);
    assertThat(has("c")).isTrue();
    assertThat(has("a") || has("b")).isFalse();
  }

  @Test
  void noMoreIsKeptThanIsAllowed() {
    assertThat(keep("a", 20)).isEqualTo(8L * MIB);
    assertThat(has("a")).isTrue();
    assertThat(keep("b", 7)).isEqualTo(7L * MIB);
  }

  @Test
  void aNewCopyTakesThePlaceOfAnEarlierOne() {
    assertThat(keep("a", 3)).isEqualTo(3L * MIB);
    assertThat(keep("a", 2)).isEqualTo(2L * MIB);
    copies.remove("a");
    assertThat(copies.bytes()).isZero();
  }

  @Test
  void onlyTheSameProcessFindsIt() {
    assertThat(keep("a", 2)).isPositive();
    assertThat(copies.of(visit("b", 2))).isNull();
    assertThat(copies.of(visit("a", 1))).as("it was no earlier visit").isNull();
    assertThat(copies.of(new Visit("a", new NodeId("other"), new Epoch(2)))).isNull();
    assertThat(copies.of(visit("a", 2))).isNotNull();
  }

  @Test
  void itGoesWhenItsTimeIsOver() {
    assertThat(keep("a", 2)).isPositive();
    now += Duration.ofHours(1).toNanos();
    assertThat(copies.look()).isTrue();
    assertThat(has("a")).isTrue();
    now += 1;
    assertThat(copies.look()).isFalse();
    assertThat(copies.bytes()).isZero();
  }

  @Test
  void aMachineShortOfMemoryKeepsNothing() {
    assertThat(keep("a", 2)).isPositive();
    available = FLOOR - 1;
    assertThat(copies.look()).isFalse();
    assertThat(copies.bytes()).isZero();
    available = 2 * FLOOR;
    assertThat(keep("b", 2)).isZero();
  }

  @Test
  void whoComesGetsTheRoomAndItsOwnCopyGoesLast() {
    assertThat(keep("a", 2) + keep("b", 2) + keep("c", 2)).isPositive();
    copies.makeRoom("a", available - FLOOR);
    assertThat(has("a") && has("b") && has("c")).isTrue();
    copies.makeRoom("a", available - FLOOR + 3 * MIB);
    assertThat(has("a")).isTrue();
    assertThat(has("b") || has("c")).isFalse();
    copies.makeRoom("a", available);
    assertThat(copies.bytes()).isZero();
  }

  @Test
  void whatIsOffKeepsNothing() {
    try (KeptCopies off =
        new KeptCopies(
            new KeptCopies.Limits(0, Duration.ofHours(1), FLOOR), () -> available, () -> now)) {
      assertThat(off.begin(visit("a", 1), 4 * MIB)).isNull();
    }
    copies.close();
    assertThat(copies.begin(visit("a", 1), 4 * MIB)).isNull();
  }

  /** Memory files of this kind that this process has open. */
  private static long open() throws Exception {
    long found = 0;
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      for (Path each : all.toList()) {
        found +=
            Files.isSymbolicLink(each)
                    && Files.readSymbolicLink(each).toString().contains("godwit-visit")
                ? 1
                : 0;
      }
    }
    return found;
  }

  @Test
  void nothingStaysOpen() throws Exception {
    assertThat(keep("a", 2) + keep("b", 2)).isPositive();
    assertThat(open()).isEqualTo(2);
    copies.close();
    assertThat(open()).isZero();
  }
}

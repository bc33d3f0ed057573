package io.godwit.node.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.godwit.core.GodwitException;
import io.godwit.engine.pages.PageSource.Zeros;
import io.godwit.wire.FrameKind;
import io.godwit.wire.PageChannel;
import io.godwit.wire.PageForm;
import io.godwit.wire.PageSecurity;
import io.godwit.wire.PageServer;
import io.godwit.wire.StallWatch;
import io.godwit.wire.WireError;
import io.godwit.wire.WireLimits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PageRunsTest {
  private static final int PAGE = 4096;
  private static final int MIB = 1 << 20;
  private static final int SPACE = 7;
  private static final long BASE = 0x7f00_0000_0000L;
  private static final Set<PageForm> ALL = EnumSet.allOf(PageForm.class);

  private StallWatch watch;
  private PageServer server;

  @BeforeEach
  void listen() {
    watch = new StallWatch(Duration.ofSeconds(5));
    server =
        PageServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            PageSecurity.none(watch),
            watch);
  }

  @AfterEach
  void stop() {
    server.close();
    watch.close();
  }

  /** What arrived. */
  private static final class Received {
    final byte[] memory;
    int sparse;
    int knownZeros;
    long payload;

    Received(int length) {
      memory = new byte[length];
      Arrays.fill(memory, (byte) 0x5a);
    }
  }

  private Received transfer(byte[] memory, Set<PageForm> forms, Consumer<PageRuns.Writer> sending)
      throws Exception {
    Received received = new Received(memory.length);
    try (PageServer.Session session = server.announce("m", false);
        PageChannel source =
            PageChannel.connect(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()),
                "m",
                session.secret(),
                PageSecurity.none(watch));
        PageChannel destination = session.accept(Duration.ofSeconds(10))) {
      CompletableFuture<Void> sent =
          CompletableFuture.runAsync(
              () -> {
                PageRuns.Writer writer = new PageRuns.Writer(source, forms);
                sending.accept(writer);
                writer.flush();
                source.sendEnd();
              });
      while (true) {
        PageChannel.Frame frame = destination.receive();
        if (frame.kind() == FrameKind.END) {
          destination.checkEnd(frame);
          break;
        }
        received.sparse += frame.kind() == FrameKind.SPARSE ? 1 : 0;
        received.payload += frame.payload().remaining();
        take(PageRuns.Reader.of(frame), received);
      }
      sent.get();
    }
    return received;
  }

  private static void take(PageRuns.Reader runs, Received received) {
    for (var run = runs.next(); run != null; run = runs.next()) {
      assertThat(run.object()).isEqualTo(SPACE);
      received.knownZeros += run.zeros() == Zeros.ALL ? run.content().remaining() : 0;
      run.content().get(received.memory, (int) (run.address() - BASE), run.content().remaining());
    }
  }

  private static void send(PageRuns.Writer writer, byte[] memory, int from, int length) {
    ByteBuffer direct = ByteBuffer.allocateDirect(length + 8);
    direct.position(8).put(memory, from, length).flip().position(8);
    writer.accept(SPACE, BASE + from, direct);
  }

  /** Memory whose pages are zeros with a chance that changes every so often. */
  private static byte[] memory(Random random, int length) {
    byte[] memory = new byte[length];
    double chance = 0;
    for (int at = 0; at < length; at += PAGE) {
      if (random.nextInt(40) == 0) {
        chance = new double[] {0, 0.05, 0.5, 0.95, 1}[random.nextInt(5)];
      }
      if (random.nextDouble() >= chance) {
        // One byte alone is content, too, wherever it is.
        memory[Math.min(length - 1, at + random.nextInt(PAGE))] = (byte) (1 + random.nextInt(255));
      }
    }
    return memory;
  }

  @Test
  void whateverIsZeroArrivesAsItWas() throws Exception {
    Random random = new Random(4711);
    int sparse = 0;
    for (int round = 0; round < 12; round++) {
      byte[] memory = memory(random, 6 * MIB + random.nextInt(PAGE));
      Received received =
          transfer(
              memory,
              ALL,
              writer -> {
                int pages = (memory.length + PAGE - 1) / PAGE;
                for (int page = 0, count; page < pages; page += count) {
                  count = 1 + random.nextInt(random.nextBoolean() ? 8 : 256);
                  int from = page * PAGE;
                  send(writer, memory, from, Math.min(memory.length - from, count * PAGE));
                }
              });
      assertThat(Arrays.mismatch(received.memory, memory)).as("round %d", round).isEqualTo(-1);
      sparse += received.sparse;
    }
    assertThat(sparse).isPositive();
  }

  @Test
  void zerosCostNothing() throws Exception {
    byte[] memory = new byte[64 * MIB];
    long[] told = new long[1];
    Received received =
        transfer(
            memory,
            ALL,
            writer -> {
              for (int from = 0; from < memory.length; from += MIB) {
                send(writer, memory, from, MIB);
              }
              told[0] = writer.zeroBytes();
            });
    assertThat(received.memory).isEqualTo(memory);
    assertThat(received.knownZeros).isEqualTo(memory.length);
    assertThat(told[0]).isEqualTo(memory.length);
    assertThat(received.payload).isLessThan(100);
  }

  @Test
  void everySecondPageCostsHalf() throws Exception {
    byte[] memory = new byte[4 * MIB];
    for (int at = 0; at < memory.length; at += 2 * PAGE) {
      memory[at + 17] = 1;
    }
    for (int piece : new int[] {MIB, 4 * PAGE}) {
      Received received =
          transfer(
              memory,
              ALL,
              writer -> {
                for (int from = 0; from < memory.length; from += piece) {
                  send(writer, memory, from, piece);
                }
              });
      assertThat(received.memory).isEqualTo(memory);
      assertThat(received.payload).isBetween(memory.length / 2L, memory.length / 2L + 32 * 1024);
    }
  }

  @Test
  void whoDoesNotKnowTheFormGetsAllBytes() throws Exception {
    byte[] memory = memory(new Random(3), 2 * MIB);
    Received received =
        transfer(
            memory,
            EnumSet.noneOf(PageForm.class),
            writer -> {
              send(writer, memory, 0, MIB);
              send(writer, memory, MIB, PAGE);
              send(writer, memory, MIB + PAGE, MIB - PAGE);
            });
    assertThat(received.memory).isEqualTo(memory);
    assertThat(received.knownZeros + received.sparse).isZero();
    assertThat(received.payload).isGreaterThanOrEqualTo(memory.length);
  }

  @Test
  void laterContentOfAPageComesLater() throws Exception {
    byte[] data = new byte[MIB];
    Arrays.fill(data, (byte) 9);
    byte[] expected = data.clone();
    Arrays.fill(expected, 0, 64 * PAGE, (byte) 0);
    Received received =
        transfer(
            expected,
            ALL,
            writer -> {
              send(writer, data, 0, MIB);
              send(writer, expected, 0, 3 * PAGE);
              send(writer, data, 3 * PAGE, PAGE);
              send(writer, expected, 3 * PAGE, 61 * PAGE);
            });
    assertThat(received.memory).isEqualTo(expected);
  }

  private static void assertGarbage(FrameKind kind, long address, ByteBuffer payload) {
    ByteBuffer room = ByteBuffer.allocateDirect(WireLimits.PAGE_PAYLOAD_BYTES);
    room.put(payload.duplicate()).flip();
    assertThatExceptionOfType(GodwitException.class)
        .as("%s at %x: %s", kind, address, payload)
        .isThrownBy(
            () -> {
              PageRuns.Reader runs =
                  PageRuns.Reader.of(new PageChannel.Frame(kind, SPACE, address, room));
              while (runs.next() != null) {
                // each is looked at when it is its turn
              }
            })
        .matches(e -> e.code() == WireError.GARBAGE);
  }

  private static ByteBuffer run(long address, int length, int content) {
    return ByteBuffer.allocate(12 + content).putLong(address).putInt(length).rewind();
  }

  @Test
  void runsThatBreakTheRulesAreRefused() {
    assertGarbage(FrameKind.RUNS, 0, run(BASE, PAGE, PAGE));
    assertGarbage(FrameKind.RUNS, -1, run(BASE, PAGE, PAGE));
    assertGarbage(FrameKind.RUNS, 2, run(BASE, PAGE, 11));
    assertGarbage(FrameKind.RUNS, 1 << 20, run(BASE, PAGE, PAGE));
    assertGarbage(FrameKind.RUNS, Long.MAX_VALUE, run(BASE, PAGE, PAGE));
    assertGarbage(FrameKind.RUNS, 1, run(BASE, PAGE, PAGE - 1));
    assertGarbage(FrameKind.RUNS, 1, run(BASE, 0, PAGE));
    assertGarbage(FrameKind.RUNS, 1, run(-PAGE, PAGE, PAGE));
    assertGarbage(FrameKind.RUNS, 1, run(BASE, Integer.MIN_VALUE, 0));
    assertGarbage(FrameKind.RUNS, 1, run(BASE, -(1 << 30) - 1, 0));
    assertGarbage(FrameKind.RUNS, 1, run(Long.MAX_VALUE - PAGE, -2 * PAGE, 0));
    assertGarbage(FrameKind.PAGES, -PAGE, ByteBuffer.allocate(PAGE));
    assertGarbage(FrameKind.MARK, BASE, ByteBuffer.allocate(0));
  }

  @Test
  void sparseRunsThatBreakTheRulesAreRefused() {
    int[] lengths = {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, MIB + 1, 9 * PAGE, 8 * PAGE + 1};
    for (int length : lengths) {
      assertGarbage(FrameKind.SPARSE, BASE, sparse(PAGE, length, 0x01));
    }
    assertGarbage(FrameKind.SPARSE, BASE, ByteBuffer.allocate(3));
    assertGarbage(FrameKind.SPARSE, BASE, ByteBuffer.allocate(4));
    // More and less than the bits say; a bit behind the end; a last page that is not short.
    assertGarbage(FrameKind.SPARSE, BASE, sparse(PAGE, 8 * PAGE, 0x03));
    assertGarbage(FrameKind.SPARSE, BASE, sparse(2 * PAGE, 8 * PAGE, 0x01));
    assertGarbage(FrameKind.SPARSE, BASE, sparse(PAGE, 3 * PAGE, 0x08));
    assertGarbage(FrameKind.SPARSE, BASE, sparse(PAGE, 3 * PAGE - 1, 0x04));
    assertGarbage(FrameKind.SPARSE, -1, sparse(PAGE, 8 * PAGE, 0x01));
  }

  private static ByteBuffer sparse(int content, int length, int bits) {
    return ByteBuffer.allocate(content + 5)
        .position(content)
        .put((byte) bits)
        .putInt(length)
        .rewind();
  }

  @Test
  void randomFramesAreReadOrRefused() {
    Random random = new Random(99);
    ByteBuffer room = ByteBuffer.allocateDirect(WireLimits.PAGE_PAYLOAD_BYTES);
    int refused = 0;
    for (int i = 0; i < 3000; i++) {
      byte[] bytes = new byte[random.nextInt(i % 100 == 0 ? WireLimits.PAGE_PAYLOAD_BYTES : 300)];
      random.nextBytes(bytes);
      if (bytes.length > 12) {
        ByteBuffer.wrap(bytes).putInt(8, random.nextInt(600) - 300).putLong(0, BASE);
        ByteBuffer.wrap(bytes).putInt(bytes.length - 4, random.nextInt(2 * bytes.length));
      }
      room.clear().put(bytes).flip();
      FrameKind kind = i % 2 == 0 ? FrameKind.RUNS : FrameKind.SPARSE;
      try {
        PageRuns.Reader runs =
            PageRuns.Reader.of(new PageChannel.Frame(kind, SPACE, 1 + random.nextInt(3), room));
        for (var run = runs.next(); run != null; run = runs.next()) {
          assertThat(run.content().remaining()).isBetween(1, WireLimits.PAGE_PAYLOAD_BYTES);
        }
      } catch (GodwitException garbage) {
        assertThat(garbage.code()).isEqualTo(WireError.GARBAGE);
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }
}

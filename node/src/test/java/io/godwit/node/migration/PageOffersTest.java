package io.godwit.node.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.godwit.core.Epoch;
import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.node.visits.KeptCopies;
import io.godwit.node.visits.KeptCopy;
import io.godwit.node.visits.Visit;
import io.godwit.policy.transfer.Offering;
import io.godwit.wire.FrameKind;
import io.godwit.wire.PageChannel;
import io.godwit.wire.PageForm;
import io.godwit.wire.PageSecurity;
import io.godwit.wire.PageServer;
import io.godwit.wire.StallWatch;
import io.godwit.wire.WireError;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PageOffersTest {
  private static final int PAGE = 4096;
  private static final int MIB = 1 << 20;
  private static final int SPACE = 3;
  private static final long BASE = 0x7f00_0000_0000L;
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final NodeId HOME = new NodeId("home");

  private StallWatch watch;
  private PageServer server;
  private KeptCopies copies;

  @BeforeEach
  void listen() {
    watch = new StallWatch(Duration.ofSeconds(5));
    server =
        PageServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            PageSecurity.none(watch),
            watch);
    copies =
        new KeptCopies(
            new KeptCopies.Limits(1L << 30, Duration.ofHours(1), 0),
            () -> Long.MAX_VALUE,
            System::nanoTime);
  }

  @AfterEach
  void stop() {
    copies.close();
    server.close();
    watch.close();
  }

  private @Nullable KeptCopy kept(byte[] memory) {
    KeptCopies.Keeping keeping = copies.begin(new Visit("pod", HOME, Epoch.FIRST), memory.length);
    assertThat(keeping).isNotNull();
    for (int at = 0; at < memory.length; at += MIB) {
      int length = Math.min(MIB, memory.length - at);
      keeping.add(ByteBuffer.allocateDirect(length).put(memory, at, length).flip());
    }
    keeping.finish();
    return copies.of(new Visit("pod", HOME, new Epoch(2)));
  }

  private record Outcome(byte[] memory, long payload, long held) {}

  private Outcome transfer(
      int length, @Nullable KeptCopy kept, boolean usable, Consumer<PageOffers.Sender> sending)
      throws Exception {
    byte[] memory = new byte[length];
    long[] payload = new long[1];
    long[] held = new long[1];
    try (PageServer.Session session = server.announce("m", false);
        PageChannel source =
            PageChannel.connect(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()),
                "m",
                session.secret(),
                PageSecurity.none(watch));
        PageChannel destination = session.accept(PATIENCE)) {
      CompletableFuture<Void> sent =
          CompletableFuture.runAsync(
              () -> {
                PageRuns.Writer direct = new PageRuns.Writer(source, Set.of(PageForm.ZEROS));
                PageOffers.Sender sender =
                    new PageOffers.Sender(source, direct, new Offering(1000), PATIENCE);
                sending.accept(sender);
                sender.flush();
                held[0] = sender.heldBytes();
                source.sendEnd();
              });
      PageOffers.Taker taker = new PageOffers.Taker(destination, kept);
      while (true) {
        PageChannel.Frame frame = destination.receive();
        if (frame.kind() == FrameKind.END) {
          destination.checkEnd(frame);
          break;
        }
        payload[0] += frame.payload().remaining();
        ProcessMover.PageSource runs =
            frame.kind() == FrameKind.OFFER ? taker.take(frame, usable) : PageRuns.Reader.of(frame);
        for (var run = runs.next(); run != null; run = runs.next()) {
          int at = (int) (run.address() - BASE - (long) run.object() * MIB * 64);
          run.content()
              .get(memory, at + (run.object() - SPACE) * length / 2, run.content().remaining());
        }
      }
      sent.get();
    }
    return new Outcome(memory, payload[0], held[0]);
  }

  private static void send(PageOffers.Sender sender, int space, byte[] memory, int from, int to) {
    int shift = (space - SPACE) * memory.length / 2;
    for (int at = from, end; at < to; at = end) {
      end = Math.min(to, at + MIB);
      ByteBuffer direct = ByteBuffer.allocateDirect(end - at + 8);
      direct.position(8).put(memory, shift + at, end - at).flip().position(8);
      sender.accept(space, BASE + (long) space * MIB * 64 + at, direct);
    }
  }

  private static byte[] memory(int seed, int length) {
    byte[] memory = new byte[length];
    Random random = new Random(seed);
    random.nextBytes(memory);
    for (int page = 0; page < length / PAGE; page++) {
      if (random.nextInt(10) == 0) {
        Arrays.fill(memory, page * PAGE, (page + 1) * PAGE, (byte) 0);
      }
    }
    return memory;
  }

  private static byte[] changed(byte[] memory, int oneIn) {
    byte[] changed = memory.clone();
    Random random = new Random(77);
    for (int page = 0; page < memory.length / PAGE; page++) {
      if (random.nextInt(oneIn) == 0) {
        changed[page * PAGE + random.nextInt(PAGE)]++;
      }
    }
    return changed;
  }

  @Test
  void onlyWhatHasChangedGoesOver() throws Exception {
    byte[] before = memory(1, 12 * MIB);
    byte[] now = Arrays.copyOf(changed(before, 20), 12 * MIB + 100);
    now[12 * MIB + 50] = 1;
    Outcome outcome =
        transfer(now.length, kept(before), true, s -> send(s, SPACE, now, 0, now.length));
    assertThat(Arrays.mismatch(outcome.memory(), now)).isEqualTo(-1);
    assertThat(outcome.payload()).isLessThan(now.length / 100 * 7L);
    assertThat(outcome.held()).isBetween(now.length / 100 * 80L, now.length / 100 * 90L);
  }

  @Test
  void aPageIsFoundWhereverItIsNow() throws Exception {
    byte[] before = memory(2, 8 * MIB);
    byte[] now = new byte[8 * MIB];
    System.arraycopy(before, 0, now, 3 * PAGE, 8 * MIB - 3 * PAGE);
    Outcome outcome =
        transfer(
            now.length,
            kept(before),
            true,
            sender -> {
              send(sender, SPACE, now, 0, now.length / 2);
              send(sender, SPACE + 1, now, 0, now.length / 2);
            });
    assertThat(Arrays.mismatch(outcome.memory(), now)).isEqualTo(-1);
    assertThat(outcome.payload()).isLessThan(now.length / 100);
  }

  @Test
  void withoutAUsableCopyAllGoesOver() throws Exception {
    byte[] now = memory(3, 6 * MIB);
    KeptCopy kept = kept(now);
    for (boolean known : new boolean[] {false, true}) {
      Outcome outcome =
          transfer(
              now.length, known ? kept : null, !known, s -> send(s, SPACE, now, 0, now.length));
      assertThat(Arrays.mismatch(outcome.memory(), now)).isEqualTo(-1);
      assertThat(outcome.held()).isZero();
      assertThat(outcome.payload()).isGreaterThan(now.length / 100 * 85L);
    }
  }

  /** In which a page goes back to what is held, and away from it, several times. */
  @Test
  void theLastContentOfAPageWins() throws Exception {
    byte[] held = memory(4, 9 * MIB);
    KeptCopy kept = kept(held);
    for (int seed = 0; seed < 2; seed++) {
      Random random = new Random(seed);
      byte[] now = held.clone();
      Outcome outcome =
          transfer(
              now.length,
              kept,
              true,
              sender -> {
                for (int round = 0; round < 3; round++) {
                  for (int page = 0; page < now.length / PAGE; page++) {
                    switch (random.nextInt(4)) {
                      case 0 -> System.arraycopy(held, page * PAGE, now, page * PAGE, PAGE);
                      case 1 -> now[page * PAGE + 5]++;
                      case 2 -> Arrays.fill(now, page * PAGE, (page + 1) * PAGE, (byte) 0);
                      default -> {}
                    }
                  }
                  int from = round == 0 ? 0 : random.nextInt(now.length / PAGE) * PAGE;
                  send(sender, SPACE, now, from, now.length);
                  if (from > 0) {
                    send(sender, SPACE, now, 0, from);
                  }
                }
              });
      assertThat(Arrays.mismatch(outcome.memory(), now)).as("seed %d", seed).isEqualTo(-1);
    }
  }

  private void assertGarbage(long runs, ByteBuffer payload) throws Exception {
    try (PageServer.Session session = server.announce("g", false);
        PageChannel source =
            PageChannel.connect(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()),
                "g",
                session.secret(),
                PageSecurity.none(watch));
        PageChannel destination = session.accept(PATIENCE)) {
      PageOffers.Taker taker = new PageOffers.Taker(destination, null);
      PageChannel.Frame frame = new PageChannel.Frame(FrameKind.OFFER, SPACE, runs, payload);
      assertThatExceptionOfType(GodwitException.class)
          .as("%d runs, %s", runs, payload)
          .isThrownBy(() -> taker.take(frame, true))
          .matches(e -> e.code() == WireError.GARBAGE);
      source.close();
    }
  }

  private static ByteBuffer run(long address, int pages, int digests) {
    return ByteBuffer.allocate(12 + digests * 16).putLong(address).putInt(pages).rewind();
  }

  @Test
  void offersThatBreakTheRulesAreRefused() throws Exception {
    assertGarbage(0, run(BASE, 1, 1));
    assertGarbage(-1, run(BASE, 1, 1));
    assertGarbage(2, run(BASE, 1, 0));
    assertGarbage(Long.MAX_VALUE, run(BASE, 1, 1));
    assertGarbage(1, run(BASE, 0, 0));
    assertGarbage(1, run(BASE, -1, 1));
    assertGarbage(1, run(BASE, Integer.MAX_VALUE, 1));
    assertGarbage(1, run(BASE, PageOffers.WINDOW_PAGES + 1, PageOffers.WINDOW_PAGES + 1));
    assertGarbage(1, run(BASE, 2, 1));
    assertGarbage(1, run(BASE, 1, 2));
    assertGarbage(1, run(-PAGE, 1, 1));
    assertGarbage(1, run(Long.MAX_VALUE - PAGE, 1, 1));
  }

  @Test
  void anAnswerThatDoesNotFitIsRefused() throws Exception {
    byte[] now = memory(6, 2 * MIB);
    try (PageServer.Session session = server.announce("m", false);
        PageChannel source =
            PageChannel.connect(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()),
                "m",
                session.secret(),
                PageSecurity.none(watch));
        PageChannel destination = session.accept(PATIENCE)) {
      destination.send(FrameKind.HELD, SPACE, 9999, ByteBuffer.allocate(1));
      PageRuns.Writer direct = new PageRuns.Writer(source, Set.of());
      PageOffers.Sender sender = new PageOffers.Sender(source, direct, new Offering(0), PATIENCE);
      assertThatExceptionOfType(GodwitException.class)
          .isThrownBy(
              () -> {
                send(sender, SPACE, now, 0, now.length);
                sender.flush();
              })
          .matches(e -> e.code() == WireError.GARBAGE);
    }
  }
}

package io.godwit.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.godwit.core.GodwitException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PageChannelTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private StallWatch watch;
  private PageServer server;

  @BeforeEach
  void listen() {
    watch = new StallWatch(Duration.ofMillis(500));
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

  private InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
  }

  @Test
  void framesArriveInOrderWithTheirContents() throws Exception {
    Random random = new Random(4711);
    try (PageServer.Session session = server.announce("m", false);
        PageChannel source =
            PageChannel.connect(address(), "m", session.secret(), PageSecurity.none(watch));
        PageChannel destination = session.accept(SOON)) {
      byte[] memory = new byte[WireLimits.PAGE_PAYLOAD_BYTES];
      random.nextBytes(memory);
      CompletableFuture<Void> sending =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 64; i++) {
                  source.send(
                      FrameKind.PAGES,
                      i,
                      0x7f00_0000_0000L + i,
                      ByteBuffer.wrap(memory, 0, 4096),
                      ByteBuffer.wrap(memory, 4096, memory.length - 4096 - i));
                }
                source.sendEnd();
              });
      for (int i = 0; i < 64; i++) {
        PageChannel.Frame frame = destination.expect(FrameKind.PAGES);
        assertThat(frame.space()).isEqualTo(i);
        assertThat(frame.address()).isEqualTo(0x7f00_0000_0000L + i);
        assertThat(frame.payload()).isEqualTo(ByteBuffer.wrap(memory, 0, memory.length - i));
      }
      destination.checkEnd(destination.expect(FrameKind.END));
      sending.get();
    }
  }

  @Test
  void wrongSecretsAndSessionsAreRefused() {
    try (PageServer.Session session = server.announce("m", false);
        PageServer.Session secured = server.announce("secured", true)) {
      byte[] wrong = session.secret();
      wrong[3] ^= 1;
      assertRefused(() -> connect("m", wrong));
      assertRefused(() -> connect("n", session.secret()));
      // Agreed to be encrypted, but comes in the clear.
      assertRefused(() -> connect("secured", secured.secret()));
      connect("m", session.secret()).close();
    }
  }

  private PageChannel connect(String session, byte[] secret) {
    return PageChannel.connect(address(), session, secret, PageSecurity.none(watch));
  }

  @Test
  void garbageIsRefusedAndTheServerLivesOn() throws Exception {
    Random random = new Random(1);
    for (int i = 0; i < 20; i++) {
      byte[] garbage = new byte[1 + random.nextInt(5000)];
      random.nextBytes(garbage);
      garbage[0] = (byte) (i % 2 == 0 ? 'G' : garbage[0]);
      try (Socket socket = new Socket(address().getAddress(), address().getPort())) {
        socket.setSoTimeout(10_000);
        socket.getOutputStream().write(garbage);
        socket.shutdownOutput();
        assertThat(socket.getInputStream().read()).isNegative();
      } catch (IOException reset) {
        assertThat(reset).hasMessageMatching("(?i).*(reset|broken pipe|abort).*");
      }
    }
    try (PageServer.Session session = server.announce("m", false)) {
      connect("m", session.secret()).close();
    }
  }

  @Test
  void anOversizedFrameIsRefusedByNameBeforeMemoryIsTaken() throws Exception {
    ByteBuffer head = ByteBuffer.allocate(FrameHeader.BYTES);
    new FrameHeader(FrameKind.PAGES, false, 0x7fff_fff0, 0, 0, 0).encode(head);
    head.flip();
    assertFails(WireError.OVERSIZED, () -> FrameHeader.decode(head));
    new FrameHeader(FrameKind.DESCRIPTION, false, -1, 0, 0, 0).encode(head.clear());
    assertFails(WireError.OVERSIZED, () -> FrameHeader.decode(head.flip()));
  }

  @Test
  void everyFlippedBitOfAHeadIsNoticed() {
    ByteBuffer good = ByteBuffer.allocate(FrameHeader.BYTES);
    FrameHeader header = new FrameHeader(FrameKind.PAGES, true, 4096, 17, 3, 0x1000);
    header.encode(good);
    for (int bit = 0; bit < FrameHeader.BYTES * 8; bit++) {
      ByteBuffer bad = ByteBuffer.wrap(good.array().clone());
      bad.put(bit / 8, (byte) (bad.get(bit / 8) ^ (1 << bit % 8)));
      assertThatExceptionOfType(GodwitException.class).isThrownBy(() -> FrameHeader.decode(bad));
    }
    assertThat(FrameHeader.decode(good.flip())).isEqualTo(header);
  }

  @Test
  void anAlteredPayloadIsNoticed() throws Exception {
    try (PageServer.Session session = server.announce("m", false);
        Socket raw = new Socket(address().getAddress(), address().getPort())) {
      ByteBuffer out = ByteBuffer.allocate(4096);
      byte[] name = "m".getBytes(java.nio.charset.StandardCharsets.UTF_8);
      new FrameHeader(FrameKind.GREETING, false, 32 + name.length, 0, 0, 0).encode(out);
      out.put(session.secret()).put(name);
      new FrameHeader(FrameKind.STREAM, true, 5, 12345, 0, 0).encode(out);
      out.put(new byte[] {1, 2, 3, 4, 5});
      raw.getOutputStream().write(out.array(), 0, out.position());
      try (PageChannel channel = session.accept(SOON)) {
        assertFails(WireError.CORRUPT, channel::receive);
      }
    }
  }

  @Test
  void aPeerThatStopsInTheMiddleOfAFrameIsGivenUp() throws Exception {
    try (PageServer.Session session = server.announce("m", false);
        PageChannel source = connect("m", session.secret());
        PageChannel destination = session.accept(SOON)) {
      byte[] block = new byte[WireLimits.PAGE_PAYLOAD_BYTES];
      // Nobody reads: the socket's buffers fill and the sender is blocked.
      assertFails(
          WireError.TIMEOUT,
          () -> {
            for (int i = 0; i < 1000; i++) {
              source.send(FrameKind.PAGES, 0, 0, ByteBuffer.wrap(block));
            }
          });
      assertThat(destination.receivedBytes()).isLessThan(block.length);
    }
  }

  @Test
  void aFrameThatDoesNotComeInItsTimeIsNotWaitedFor() throws Exception {
    try (PageServer.Session session = server.announce("m", false);
        PageChannel source = connect("m", session.secret());
        PageChannel destination = session.accept(SOON)) {
      destination.send(FrameKind.MARK, 7, 0);
      assertThat(source.expect(FrameKind.MARK, SOON).space()).isEqualTo(7);
      assertFails(WireError.TIMEOUT, () -> source.expect(FrameKind.MARK, Duration.ofMillis(100)));
      assertFails(WireError.CUT, destination::receive);
    }
  }

  @Test
  void anEndBeforeTheLastFrameIsSaid() throws Exception {
    try (PageServer.Session session = server.announce("m", false)) {
      PageChannel source = connect("m", session.secret());
      try (PageChannel destination = session.accept(SOON)) {
        source.close();
        assertFails(WireError.CUT, destination::receive);
      }
    }
  }

  private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertFails(WireError.CUT, call);
  }

  private static void assertFails(
      WireError code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatExceptionOfType(GodwitException.class)
        .isThrownBy(call)
        .satisfies(e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }
}

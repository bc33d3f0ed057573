package io.godwit.wire;

import io.godwit.core.GodwitException;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import jdk.net.ExtendedSocketOptions;

/**
 * Frames to and from another node. One thread sends and one thread receives; the two may be
 * different. Sending blocks while the other side does not take: that is the back-pressure. A frame
 * that breaks the rules makes an error that names the rule, after which the channel is closed.
 */
public final class PageChannel implements AutoCloseable {
  private static final int SOCKET_BUFFER_BYTES = 4 << 20;
  private static final int SECRET_BYTES = 32;
  private static final int KEEP_ALIVE_SECONDS = 4;
  private static final int KEEP_ALIVE_PROBES = 4;

  private final ByteLink link;
  private final String peer;
  private final boolean checked;
  private final StallWatch watch;
  private final ByteBuffer sendHead = ByteBuffer.allocateDirect(FrameHeader.BYTES);
  private final ByteBuffer receiveHead = ByteBuffer.allocateDirect(FrameHeader.BYTES);
  private final ByteBuffer payload = ByteBuffer.allocateDirect(WireLimits.PAGE_PAYLOAD_BYTES);
  private final AtomicLong sentBytes = new AtomicLong();
  private final AtomicLong sentFrames = new AtomicLong();
  private final AtomicLong receivedBytes = new AtomicLong();
  private final AtomicLong receivedFrames = new AtomicLong();
  private volatile long sendingSince;
  private volatile long receivingSince;
  private volatile boolean givenUp;

  PageChannel(ByteLink link, String peer, boolean checked, StallWatch watch) {
    this.link = link;
    this.peer = peer;
    this.checked = checked;
    this.watch = watch;
    watch.watch(this);
  }

  /**
   * A frame as it came.
   *
   * @param payload its bytes; valid until the next {@link #receive}. Who takes it may write there,
   *     up to the capacity, which is {@link WireLimits#PAGE_PAYLOAD_BYTES}
   */
  public record Frame(FrameKind kind, int space, long address, ByteBuffer payload) {}

  /** Connects to the page port of a node and opens the session that was negotiated. */
  public static PageChannel connect(
      InetSocketAddress address, String session, byte[] secret, PageSecurity security) {
    return connect(address, session, secret, security, begun -> {});
  }

  /**
   * As above.
   *
   * @param begun told what to close for it to be broken off
   */
  public static PageChannel connect(
      InetSocketAddress address,
      String session,
      byte[] secret,
      PageSecurity security,
      Consumer<Closeable> begun) {
    if (secret.length != SECRET_BYTES) {
      throw new IllegalArgumentException("a session's secret has " + SECRET_BYTES + " bytes");
    }
    String peer = address.toString();
    String what = "opening a page channel to " + address;
    SocketChannel socket;
    try {
      socket = SocketChannel.open();
    } catch (IOException none) {
      throw broken(peer, what, none);
    }
    begun.accept(socket);
    try (StallWatch.Limit limit = security.watch().limit(socket, WireLimits.GREETING_TIME)) {
      try {
        return greet(socket, address, session, secret, security);
      } catch (IOException failed) {
        throw limit.cause(what, broken(peer, what, failed));
      } catch (GodwitException refused) {
        throw limit.cause(what, refused);
      }
    } catch (GodwitException failed) {
      close(socket);
      throw failed;
    }
  }

  private static PageChannel greet(
      SocketChannel socket,
      InetSocketAddress address,
      String session,
      byte[] secret,
      PageSecurity security)
      throws IOException {
    tune(socket);
    socket.socket().connect(address, (int) WireLimits.GREETING_TIME.toMillis());
    ByteLink link =
        security.encrypts()
            ? security.client(socket)
            : new PlainLink(socket, ByteBuffer.allocate(0));
    PageChannel channel =
        new PageChannel(link, address.toString(), !security.encrypts(), security.watch());
    byte[] name = session.getBytes(StandardCharsets.UTF_8);
    channel.send(FrameKind.GREETING, 0, 0, ByteBuffer.wrap(secret), ByteBuffer.wrap(name));
    channel.expect(FrameKind.GREETED);
    return channel;
  }

  static void tune(SocketChannel socket) throws IOException {
    socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
    socket.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER_BYTES);
    socket.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER_BYTES);
    // A machine that vanishes without a word is found out even while nothing is to be sent.
    socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, KEEP_ALIVE_SECONDS);
    socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, KEEP_ALIVE_SECONDS);
    socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, KEEP_ALIVE_PROBES);
  }

  /**
   * Sends one frame; returns when the system has taken it.
   *
   * @param parts the payload, in order; their positions move to their limits
   */
  public void send(FrameKind kind, int space, long address, ByteBuffer... parts) {
    int length = 0;
    for (ByteBuffer part : parts) {
      length = Math.addExact(length, part.remaining());
    }
    if (length > kind.payloadLimit()) {
      throw new IllegalArgumentException(kind + " may not carry " + length + " bytes");
    }
    int check = 0;
    if (checked && length > 0) {
      java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
      for (ByteBuffer part : parts) {
        crc.update(part.duplicate());
      }
      check = (int) crc.getValue();
    }
    sendHead.clear();
    new FrameHeader(kind, checked, length, check, space, address).encode(sendHead);
    sendHead.flip();
    ByteBuffer[] all = new ByteBuffer[parts.length + 1];
    all[0] = sendHead;
    System.arraycopy(parts, 0, all, 1, parts.length);
    sendingSince = System.nanoTime() | 1;
    try {
      link.write(all);
    } catch (IOException failed) {
      throw fail("sending to " + peer, failed);
    } finally {
      sendingSince = 0;
    }
    sentBytes.addAndGet(length);
    sentFrames.incrementAndGet();
  }

  /** Receives the next frame, waiting for it without limit; once it has begun it must go on. */
  public Frame receive() {
    try {
      receiveHead.clear();
      if (link.read(receiveHead) < 0) {
        throw cut("before the last frame");
      }
      receivingSince = System.nanoTime() | 1;
      readFully(receiveHead);
      receiveHead.flip();
      FrameHeader head = FrameHeader.decode(receiveHead);
      payload.clear().limit(head.length());
      readFully(payload);
      payload.flip();
      if (head.checked()
          && FrameHeader.checksum(payload) != head.payloadCheck()
          && head.length() > 0) {
        throw new GodwitException(
            WireError.CORRUPT,
            "receiving from " + peer,
            "the checksum of a frame of kind " + head.kind() + " does not fit its payload",
            "check the network hardware; leave TLS for pages on, which protects against this");
      }
      receivedBytes.addAndGet(head.length());
      receivedFrames.incrementAndGet();
      return new Frame(head.kind(), head.space(), head.address(), payload);
    } catch (IOException failed) {
      throw fail("receiving from " + peer, failed);
    } catch (GodwitException broken) {
      close();
      throw broken;
    } finally {
      receivingSince = 0;
    }
  }

  /** Receives a frame that must be of this kind. */
  public Frame expect(FrameKind kind) {
    Frame frame = receive();
    if (frame.kind() != kind) {
      close();
      throw new GodwitException(
          WireError.GARBAGE,
          "receiving from " + peer,
          "a frame of kind " + frame.kind() + " came where " + kind + " belongs",
          "run the same version of Godwit on both nodes");
    }
    return frame;
  }

  /** As above, within a limit: the channel is closed after it. */
  public Frame expect(FrameKind kind, Duration time) {
    try (StallWatch.Limit limit = watch.limit(link::close, time)) {
      try {
        return expect(kind);
      } catch (GodwitException failed) {
        throw limit.cause("waiting for a frame of kind " + kind + " from " + peer, failed);
      }
    }
  }

  /** Sends END with the counts so far. */
  public void sendEnd() {
    ByteBuffer counts = ByteBuffer.allocate(16);
    counts.putLong(sentFrames.get()).putLong(sentBytes.get()).flip();
    send(FrameKind.END, 0, 0, counts);
  }

  /** Compares the counts of an END frame with what came before it. */
  public void checkEnd(Frame end) {
    long frames = end.payload().getLong(0);
    long bytes = end.payload().getLong(8);
    if (frames != receivedFrames.get() - 1
        || bytes != receivedBytes.get() - end.payload().limit()) {
      close();
      throw new GodwitException(
          WireError.GARBAGE,
          "receiving from " + peer,
          "it counts " + frames + " frames, " + (receivedFrames.get() - 1) + " came",
          "run the same version of Godwit on both nodes");
    }
  }

  /** Payload bytes sent so far. */
  public long sentBytes() {
    return sentBytes.get();
  }

  /** Payload bytes received so far. */
  public long receivedBytes() {
    return receivedBytes.get();
  }

  /** Closes without ceremony; both ends notice. */
  @Override
  public void close() {
    watch.forget(this);
    try {
      link.close();
    } catch (IOException gone) {
      // There is nothing left to close.
      givenUp = true;
    }
  }

  long stalledSince(long now) {
    long sending = sendingSince;
    long receiving = receivingSince;
    return Math.max(sending == 0 ? 0 : now - sending, receiving == 0 ? 0 : now - receiving);
  }

  void giveUp() {
    givenUp = true;
    close();
  }

  private void readFully(ByteBuffer into) throws IOException {
    while (into.hasRemaining()) {
      if (link.read(into) < 0) {
        throw cut("in the middle of a frame");
      }
    }
  }

  private GodwitException fail(String what, IOException failed) {
    boolean stalled = givenUp;
    close();
    if (stalled) {
      return new GodwitException(
          WireError.TIMEOUT,
          what,
          "nothing moved for " + WireLimits.STALL_TIME.toSeconds() + " s",
          "check the network and the load of the other node",
          failed);
    }
    return broken(peer, what, failed);
  }

  private GodwitException cut(String when) {
    return new GodwitException(
        WireError.CUT,
        "receiving from " + peer,
        "the connection ended " + when,
        "check that the other node lives; the migration is undone");
  }

  private static GodwitException broken(String peer, String what, IOException failed) {
    if (failed instanceof SSLException) {
      return new GodwitException(
          WireError.STRANGER,
          what,
          "TLS with " + peer + " failed: " + failed.getMessage(),
          "both nodes must be of one cluster and agree whether pages are encrypted",
          failed);
    }
    String why =
        failed instanceof AsynchronousCloseException || failed instanceof ClosedChannelException
            ? "the channel was closed"
            : String.valueOf(failed.getMessage());
    return new GodwitException(
        WireError.CUT,
        what,
        why,
        "check that the other node lives and its page port is open",
        failed);
  }

  private static void close(SocketChannel socket) {
    try {
      socket.close();
    } catch (IOException gone) {
      // The failure that led here is the one to report.
      return;
    }
  }
}

package io.godwit.wire;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/**
 * TLS on a blocking socket channel. One thread may write while another reads; the engine keeps the
 * two directions apart. Records are gathered into a large buffer, so that the socket sees few and
 * long writes.
 */
final class TlsLink implements ByteLink {
  private static final int RECORDS_AT_ONCE = 16;

  private final SocketChannel channel;
  private final SSLEngine engine;
  private final ByteBuffer toSocket;
  private final ByteBuffer fromSocket;
  private final ByteBuffer decrypted;
  private final ByteBuffer[] nothing = {ByteBuffer.allocate(0)};

  private TlsLink(SocketChannel channel, SSLEngine engine) {
    this.channel = channel;
    this.engine = engine;
    int packet = engine.getSession().getPacketBufferSize();
    int plain = engine.getSession().getApplicationBufferSize();
    this.toSocket = ByteBuffer.allocateDirect(packet * RECORDS_AT_ONCE);
    this.fromSocket = ByteBuffer.allocateDirect(packet * RECORDS_AT_ONCE).flip();
    this.decrypted = ByteBuffer.allocateDirect(plain * 2).flip();
  }

  /** Shakes hands; the certificate of the other side is checked against the clock as well. */
  static TlsLink handshake(
      SocketChannel channel, SSLEngine engine, InstantSource clock, ByteBuffer ahead)
      throws IOException {
    TlsLink link = new TlsLink(channel, engine);
    link.fromSocket.compact().put(ahead).flip();
    engine.beginHandshake();
    link.handshake();
    Certificate[] chain = engine.getSession().getPeerCertificates();
    if (!(chain[0] instanceof X509Certificate leaf)) {
      throw new SSLException("the other side shows no X.509 certificate");
    }
    ClusterTrust.requireValid(leaf, clock.instant(), null);
    return link;
  }

  private void handshake() throws IOException {
    for (int step = 0; step < 1000; step++) {
      HandshakeStatus status = engine.getHandshakeStatus();
      switch (status) {
        case NOT_HANDSHAKING, FINISHED -> {
          return;
        }
        case NEED_TASK -> runTasks();
        case NEED_WRAP -> {
          wrap(nothing);
          flush();
        }
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          if (!unwrap() && fill() < 0) {
            throw new EOFException("the other side hung up during the TLS handshake");
          }
        }
      }
    }
    throw new SSLException("the TLS handshake does not end");
  }

  @Override
  public void write(ByteBuffer[] buffers) throws IOException {
    while (remaining(buffers)) {
      wrap(buffers);
      if (toSocket.remaining() < engine.getSession().getPacketBufferSize()) {
        flush();
      }
    }
    flush();
  }

  private static boolean remaining(ByteBuffer[] buffers) {
    for (ByteBuffer buffer : buffers) {
      if (buffer.hasRemaining()) {
        return true;
      }
    }
    return false;
  }

  private void wrap(ByteBuffer[] buffers) throws IOException {
    SSLEngineResult result = engine.wrap(buffers, toSocket);
    if (result.getStatus() == Status.BUFFER_OVERFLOW) {
      flush();
    } else if (result.getStatus() == Status.CLOSED) {
      throw new EOFException("the TLS connection is closed");
    }
    runTasks();
  }

  private void flush() throws IOException {
    toSocket.flip();
    while (toSocket.hasRemaining()) {
      channel.write(toSocket);
    }
    toSocket.clear();
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    while (true) {
      if (decrypted.hasRemaining()) {
        int count = Math.min(decrypted.remaining(), into.remaining());
        into.put(into.position(), decrypted, decrypted.position(), count);
        into.position(into.position() + count);
        decrypted.position(decrypted.position() + count);
        return count;
      }
      if (into.remaining() >= engine.getSession().getApplicationBufferSize()) {
        // A whole record fits: decrypt straight into the caller's buffer.
        int before = into.position();
        if (unwrap(into)) {
          int count = into.position() - before;
          if (count > 0) {
            return count;
          }
          continue;
        }
      } else if (unwrap()) {
        continue;
      }
      if (engine.isInboundDone() || fill() < 0) {
        return -1;
      }
    }
  }

  /** Decrypts one record into the own buffer; false when more bytes of the socket are needed. */
  private boolean unwrap() throws IOException {
    decrypted.compact();
    try {
      return unwrap(decrypted);
    } finally {
      decrypted.flip();
    }
  }

  private boolean unwrap(ByteBuffer into) throws IOException {
    if (engine.isInboundDone()) {
      return false;
    }
    SSLEngineResult result = engine.unwrap(fromSocket, into);
    runTasks();
    return switch (result.getStatus()) {
      case OK -> true;
      case BUFFER_UNDERFLOW, CLOSED -> false;
      case BUFFER_OVERFLOW -> throw new SSLException("a TLS record is longer than announced");
    };
  }

  private int fill() throws IOException {
    fromSocket.compact();
    try {
      return channel.read(fromSocket);
    } finally {
      fromSocket.flip();
    }
  }

  private void runTasks() {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
  }

  @Override
  public void close() throws IOException {
    // No close_notify: the END frame tells that all has arrived, and a broken link must close fast.
    channel.close();
  }
}

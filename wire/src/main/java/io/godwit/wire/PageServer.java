package io.godwit.wire;

import io.godwit.core.GodwitException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Takes page channels from other nodes. A connection must open a session that this node announced
 * in a negotiation, with the secret that went with it, within {@link WireLimits#GREETING_TIME};
 * anything else is closed and forgotten.
 */
public final class PageServer implements AutoCloseable {
  private static final Logger LOG = System.getLogger(PageServer.class.getName());
  private static final int SECRET_BYTES = 32;
  private static final int TLS_HANDSHAKE = 0x16;

  private final ServerSocketChannel listener;
  private final PageSecurity tls;
  private final StallWatch watch;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Session> sessions = new ConcurrentHashMap<>();
  private final Semaphore ungreeted = new Semaphore(WireLimits.UNGREETED_CONNECTIONS);
  private final Thread acceptor;

  private PageServer(ServerSocketChannel listener, PageSecurity tls, StallWatch watch) {
    this.listener = listener;
    this.tls = tls;
    this.watch = watch;
    this.acceptor = Thread.ofPlatform().daemon().name("godwit-page-accept").unstarted(this::accept);
  }

  /** Starts to listen. */
  public static PageServer start(InetSocketAddress address, PageSecurity tls, StallWatch watch) {
    try {
      ServerSocketChannel listener = ServerSocketChannel.open();
      listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      listener.bind(address);
      PageServer server = new PageServer(listener, tls, watch);
      server.acceptor.start();
      return server;
    } catch (IOException taken) {
      throw new GodwitException(
          WireError.CANNOT_LISTEN,
          "listening for pages at " + address,
          String.valueOf(taken.getMessage()),
          "choose another network.page-port, or end the program that has the port",
          taken);
    }
  }

  /** The port it listens on. */
  public int port() {
    return listener.socket().getLocalPort();
  }

  /**
   * Expects connections for a session.
   *
   * @param encrypted whether they must be encrypted; the others are refused
   */
  public Session announce(String name, boolean encrypted) {
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    Session session = new Session(name, secret, encrypted);
    if (sessions.putIfAbsent(name, session) != null) {
      throw new IllegalArgumentException("the session " + name + " exists");
    }
    return session;
  }

  /** Connections that belong together. Closing it closes them. */
  public final class Session implements AutoCloseable {
    private final String name;
    private final byte[] secret;
    private final boolean encrypted;
    private final BlockingQueue<PageChannel> waiting =
        new LinkedBlockingQueue<>(WireLimits.CONNECTIONS_PER_SESSION);

    private Session(String name, byte[] secret, boolean encrypted) {
      this.name = name;
      this.secret = secret;
      this.encrypted = encrypted;
    }

    /** What the other side has to show. */
    public byte[] secret() {
      return secret.clone();
    }

    /** The next connection that was opened. */
    public PageChannel accept(Duration limit) throws InterruptedException {
      PageChannel channel = waiting.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
      if (channel == null) {
        throw new GodwitException(
            WireError.TIMEOUT,
            "waiting for the pages of " + name,
            "no connection came within " + limit.toSeconds() + " s",
            "check that the page port " + port() + " is open to the other node");
      }
      return channel;
    }

    @Override
    public void close() {
      sessions.remove(name, this);
      for (PageChannel channel = waiting.poll(); channel != null; channel = waiting.poll()) {
        channel.close();
      }
    }
  }

  private void accept() {
    while (listener.isOpen()) {
      try {
        SocketChannel socket = listener.accept();
        if (!ungreeted.tryAcquire()) {
          socket.close();
          continue;
        }
        Thread.ofVirtual().name("godwit-page-greeting").start(() -> greet(socket));
      } catch (ClosedChannelException closed) {
        return;
      } catch (IOException failed) {
        LOG.log(Level.WARNING, "accepting a page connection: {0}", failed.getMessage());
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
      }
    }
  }

  private void greet(SocketChannel socket) {
    String peer = "a stranger";
    try {
      peer = String.valueOf(socket.getRemoteAddress());
      PageChannel.tune(socket);
      open(socket, peer);
    } catch (IOException | GodwitException refused) {
      LOG.log(Level.WARNING, "page connection from {0} refused: {1}", peer, refused.getMessage());
      close(socket);
    } finally {
      ungreeted.release();
    }
  }

  private void open(SocketChannel socket, String peer) throws IOException {
    try (StallWatch.Limit limit = watch.limit(socket, WireLimits.GREETING_TIME)) {
      ByteBuffer first = ByteBuffer.allocate(1);
      if (socket.read(first) < 0) {
        return;
      }
      boolean encrypted = first.get(0) == TLS_HANDSHAKE;
      ByteLink link =
          encrypted ? tls.server(socket, first.flip()) : new PlainLink(socket, first.flip());
      PageChannel channel = new PageChannel(link, peer, !encrypted, watch);
      Session session = session(channel.expect(FrameKind.GREETING).payload(), encrypted);
      if (session == null || !limit.met()) {
        channel.close();
        throw new GodwitException(
            WireError.UNKNOWN_SESSION,
            "opening a page session for " + peer,
            "no migration here expects it, its secret is wrong, or it is not encrypted as agreed",
            "start the migration again");
      }
      channel.send(FrameKind.GREETED, 0, 0);
      if (!session.waiting.offer(channel) || sessions.get(session.name) != session) {
        channel.close();
      }
    }
  }

  private @Nullable Session session(ByteBuffer greeting, boolean encrypted) {
    if (greeting.remaining() <= SECRET_BYTES) {
      return null;
    }
    byte[] secret = new byte[SECRET_BYTES];
    greeting.get(secret);
    Session session = sessions.get(StandardCharsets.UTF_8.decode(greeting).toString());
    return session != null
            && MessageDigest.isEqual(secret, session.secret)
            && session.encrypted == encrypted
        ? session
        : null;
  }

  private static void close(SocketChannel socket) {
    try {
      socket.close();
    } catch (IOException gone) {
      LOG.log(Level.DEBUG, "closing a refused connection: {0}", gone.getMessage());
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException gone) {
      LOG.log(Level.DEBUG, "closing the page port: {0}", gone.getMessage());
    }
    sessions.values().forEach(Session::close);
  }
}

package io.godwit.node.control;

import io.godwit.core.GodwitException;
import io.godwit.core.control.ControlChannel;
import io.godwit.core.control.ControlError;
import io.godwit.core.control.ControlMessage;
import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Listens on the control socket and hands each connection to a {@link Conversation}. */
public final class ControlServer implements Closeable {
  /** Most conversations at once; a further one is told that the daemon is busy. */
  static final int MAX_CONVERSATIONS = 512;

  /** Everybody may connect; what they may do then depends on who they are. */
  private static final String SOCKET_MODE = "rw-rw-rw-";

  /** How long to leave clients waiting when a connection cannot be taken. */
  private static final long ACCEPT_PAUSE_NANOS = 50_000_000;

  private final ServerSocketChannel listener;
  private final Path socket;
  private final NodeOperations operations;
  private final Set<Conversation> conversations = ConcurrentHashMap.newKeySet();
  private final AtomicLong names = new AtomicLong();
  private final Thread acceptor;

  private ControlServer(ServerSocketChannel listener, Path socket, NodeOperations operations) {
    this.listener = listener;
    this.socket = socket;
    this.operations = operations;
    acceptor = Thread.ofPlatform().name("godwit-control").daemon().unstarted(this::accept);
  }

  /**
   * Binds the socket and begins to serve. A socket file that a dead daemon left is replaced; one on
   * which a daemon answers is a failure.
   */
  public static ControlServer start(Path socket, NodeOperations operations) throws IOException {
    Path directory = socket.toAbsolutePath().getParent();
    if (directory != null) {
      Files.createDirectories(directory);
    }
    removeStale(socket);
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      listener.bind(UnixDomainSocketAddress.of(socket));
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString(SOCKET_MODE));
    } catch (IOException | RuntimeException e) {
      listener.close();
      throw e;
    }
    ControlServer server = new ControlServer(listener, socket, operations);
    server.acceptor.start();
    return server;
  }

  private static void removeStale(Path socket) throws IOException {
    if (!Files.exists(socket)) {
      return;
    }
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException nobodyListens) {
      Files.delete(socket);
      return;
    }
    throw new GodwitException(
        NodeControlError.ALREADY_RUNNING,
        "the daemon was not started",
        "another daemon answers on " + socket,
        "stop it first, or give this one its own directories with --run-dir and --state-dir");
  }

  private void accept() {
    while (listener.isOpen()) {
      try {
        SocketChannel channel = listener.accept();
        ControlChannel control = new ControlChannel(channel);
        if (conversations.size() >= MAX_CONVERSATIONS) {
          refuse(control);
          continue;
        }
        Conversation conversation =
            new Conversation(control, operations, "godwit-control-" + names.incrementAndGet());
        conversations.add(conversation);
        conversation.start(() -> conversations.remove(conversation));
      } catch (IOException e) {
        if (listener.isOpen()) {
          LockSupport.parkNanos(ACCEPT_PAUSE_NANOS); // out of descriptors, most likely
        }
      }
    }
  }

  private static void refuse(ControlChannel control) throws IOException {
    try (control) {
      control.send(
          ControlMessage.Failure.of(
              new GodwitException(
                  ControlError.BUSY,
                  "the request was refused",
                  "the daemon holds " + MAX_CONVERSATIONS + " conversations already",
                  "end some 'godwit wait', 'logs -f' or 'attach' commands")));
    }
  }

  /** How many conversations are open. */
  public int conversations() {
    return conversations.size();
  }

  /** Stops listening, ends all conversations and removes the socket. */
  @Override
  public void close() throws IOException {
    listener.close();
    Files.deleteIfExists(socket);
    for (Conversation conversation : conversations) {
      conversation.close();
    }
    try {
      acceptor.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

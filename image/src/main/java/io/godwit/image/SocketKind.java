package io.godwit.image;

import java.util.List;
import java.util.Optional;

/** An open description that is a socket. Addresses are struct sockaddr of the kernel. */
public sealed interface SocketKind extends DescriptionKind {
  /** Options to set again with setsockopt(2). */
  List<SocketOption> options();

  /**
   * A Unix socket.
   *
   * @param type SOCK_STREAM 1, SOCK_DGRAM 2, SOCK_SEQPACKET 5
   * @param state what it is doing
   * @param address that it is bound to
   * @param peer the description at the other end, where that is in the image
   * @param peerAddress the name that the other end had, where that is outside
   * @param queue messages received but not read
   * @param shutdown bit 0: no more receiving, bit 1: no more sending
   * @param backlog of listen(2)
   */
  record UnixSocket(
      int type,
      State state,
      Optional<Bytes> address,
      Optional<ObjectId> peer,
      Optional<Bytes> peerAddress,
      List<Message> queue,
      int shutdown,
      int backlog,
      List<SocketOption> options)
      implements SocketKind {
    public UnixSocket {
      Require.range(type, 1, 5, "a Unix socket's type");
      address.ifPresent(SocketKind::checkAddress);
      peerAddress.ifPresent(SocketKind::checkAddress);
      queue = Require.entries(queue, "queued messages");
      Require.range(shutdown, 0, 3, "a socket's shutdown");
      options = Require.list(options, 256, "socket options");
    }
  }

  /**
   * A socket that waits for connections.
   *
   * @param family AF_INET 2, AF_INET6 10
   * @param protocol IPPROTO_TCP 6 and the like
   */
  record ListeningSocket(
      int family, int protocol, Bytes address, int backlog, List<SocketOption> options)
      implements SocketKind {
    public ListeningSocket {
      checkAddress(address);
      options = Require.list(options, 256, "socket options");
    }
  }

  /** A connected TCP socket, or one that still has something to send. */
  record TcpSocket(
      int family, Bytes local, Bytes remote, TcpRepair repair, List<SocketOption> options)
      implements SocketKind {
    public TcpSocket {
      checkAddress(local);
      checkAddress(remote);
      options = Require.list(options, 256, "socket options");
    }
  }

  /**
   * A datagram or raw socket, or a TCP socket that is neither connected nor listening.
   *
   * @param type SOCK_*
   * @param queue datagrams received but not read
   */
  record UnconnectedSocket(
      int family,
      int type,
      int protocol,
      Optional<Bytes> local,
      Optional<Bytes> remote,
      List<Message> queue,
      List<SocketOption> options)
      implements SocketKind {
    public UnconnectedSocket {
      local.ifPresent(SocketKind::checkAddress);
      remote.ifPresent(SocketKind::checkAddress);
      queue = Require.entries(queue, "queued datagrams");
      options = Require.list(options, 256, "socket options");
    }
  }

  /**
   * What TCP_REPAIR reads and writes (tcp(7), include/uapi/linux/tcp.h).
   *
   * @param state TCP_ESTABLISHED 1 and the others of the kernel
   * @param sendSequence of the first byte in the send queue
   * @param receiveSequence of the first byte after the receive queue
   * @param sendQueue bytes sent but not acknowledged, then bytes not sent yet
   * @param unsentBytes how many at its end have not been sent
   * @param receiveQueue bytes received but not read
   * @param maximumSegment the clamp of the maximum segment size
   * @param options TCPI_OPT_*: timestamps, selective acknowledgement, window scaling
   * @param windowScales low 4 bits: ours to send, next 4 bits: theirs
   * @param timestamp of TCP_TIMESTAMP
   * @param window struct tcp_repair_window
   */
  record TcpRepair(
      int state,
      int sendSequence,
      int receiveSequence,
      Bytes sendQueue,
      int unsentBytes,
      Bytes receiveQueue,
      int maximumSegment,
      int options,
      int windowScales,
      int timestamp,
      Bytes window) {
    public TcpRepair {
      Require.range(state, 1, 12, "a TCP state");
      Require.state(sendQueue, "a send queue");
      Require.state(receiveQueue, "a receive queue");
      Require.range(unsentBytes, 0, sendQueue.size(), "the bytes not sent");
      Require.notNegative(maximumSegment, "a maximum segment size");
      Require.size(window, 0, 64, "a repair window");
    }
  }

  /**
   * A queued message.
   *
   * @param sender its address, where it has one
   * @param descriptions open descriptions on their way in it (SCM_RIGHTS)
   */
  record Message(Bytes data, Optional<Bytes> sender, List<ObjectId> descriptions) {
    public Message {
      Require.state(data, "a message");
      sender.ifPresent(SocketKind::checkAddress);
      descriptions = Require.list(descriptions, 253, "descriptions in a message");
    }
  }

  /** An option as setsockopt(2) takes it. */
  record SocketOption(int level, int option, Bytes value) {
    public SocketOption {
      Require.size(value, 0, 4096, "a socket option");
    }
  }

  /** What a Unix socket is doing. The numbers are the format's. */
  enum State {
    UNCONNECTED(1),
    LISTENING(2),
    CONNECTED(3);

    private final int number;

    State(int number) {
      this.number = number;
    }

    /** The number in the format. */
    public int number() {
      return number;
    }
  }

  private static void checkAddress(Bytes address) {
    Require.size(address, 2, 128, "a socket address");
  }
}

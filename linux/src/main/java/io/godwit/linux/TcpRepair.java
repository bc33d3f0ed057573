package io.godwit.linux;

import io.godwit.linux.abi.SocketAbi;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * TCP_REPAIR: reading and setting the state of an established connection, as Linux has it for
 * checkpoints since 3.5 (tcp_repair in net/ipv4/tcp.c). Needs CAP_NET_ADMIN in the socket's network
 * namespace. A socket in repair mode sends nothing: closing it leaves the peer untold, and
 * connect(2) makes it established at once.
 */
public final class TcpRepair {
  private TcpRepair() {}

  /** Which of the two byte streams a queue call means. */
  public enum Queue {
    RECEIVE(SocketAbi.TCP_RECV_QUEUE),
    SEND(SocketAbi.TCP_SEND_QUEUE);

    private final int number;

    Queue(int number) {
      this.number = number;
    }
  }

  /** Sequence numbers of the windows, struct tcp_repair_window. */
  public record Window(
      int sendUpdate, int sendWindow, int maxWindow, int receiveWindow, int receiveUpdate) {}

  public static void begin(Fd socket) {
    tcp(socket, SocketAbi.TCP_REPAIR, SocketAbi.TCP_REPAIR_ON);
  }

  /** Leaves repair mode and probes the peer's window, so that both begin to talk. */
  public static void end(Fd socket) {
    tcp(socket, SocketAbi.TCP_REPAIR, SocketAbi.TCP_REPAIR_OFF);
  }

  /** Leaves repair mode without sending anything. */
  public static void endSilently(Fd socket) {
    tcp(socket, SocketAbi.TCP_REPAIR, SocketAbi.TCP_REPAIR_OFF_NO_WP);
  }

  /** The number after the last byte of a queue. */
  public static int sequence(Fd socket, Queue queue) {
    select(socket, queue.number);
    return Sockets.intOption(socket, SocketAbi.IPPROTO_TCP, SocketAbi.TCP_QUEUE_SEQ);
  }

  /** Sets it, before connect(2) or bind(2). */
  public static void setSequence(Fd socket, Queue queue, int sequence) {
    select(socket, queue.number);
    tcp(socket, SocketAbi.TCP_QUEUE_SEQ, sequence);
  }

  /**
   * Copies the bytes of a queue and leaves them there.
   *
   * @param limit more is an error of the caller's
   */
  public static byte[] peek(Fd socket, Queue queue, int limit) {
    select(socket, queue.number);
    int size = queue == Queue.RECEIVE ? Descriptors.available(socket) : unacknowledged(socket);
    if (size > limit) {
      throw new IllegalArgumentException("the queue holds " + size + " bytes, limit " + limit);
    }
    ByteBuffer bytes = ByteBuffer.allocate(size);
    if (size > 0) {
      Sockets.receive(socket, bytes, SocketAbi.MSG_PEEK | SocketAbi.MSG_DONTWAIT);
    }
    return java.util.Arrays.copyOf(bytes.array(), bytes.position());
  }

  /** Puts bytes into a queue; of the send queue they count as sent. */
  public static void fill(Fd socket, Queue queue, ByteBuffer bytes) {
    select(socket, queue.number);
    while (bytes.hasRemaining()) {
      Sockets.send(socket, bytes, 0);
    }
    select(socket, SocketAbi.TCP_NO_QUEUE);
  }

  /** Bytes in the send queue, sent or not, that the peer has not acknowledged: SIOCOUTQ. */
  public static int unacknowledged(Fd socket) {
    return ioctl(socket, SocketAbi.SIOCOUTQ);
  }

  /** Bytes in the send queue that were never sent: SIOCOUTQNSD. */
  public static int unsent(Fd socket) {
    return ioctl(socket, SocketAbi.SIOCOUTQNSD);
  }

  private static int ioctl(Fd socket, int request) {
    byte[] out = new byte[4];
    Descriptors.ioctl(socket, request, out);
    return ByteBuffer.wrap(out).order(ByteOrder.nativeOrder()).getInt();
  }

  public static Window window(Fd socket) {
    ByteBuffer w =
        Sockets.option(
            socket,
            SocketAbi.IPPROTO_TCP,
            SocketAbi.TCP_REPAIR_WINDOW,
            (int) SocketAbi.TCP_WINDOW.byteSize());
    return new Window(w.getInt(), w.getInt(), w.getInt(), w.getInt(), w.getInt());
  }

  /** Sets it, after connect(2). */
  public static void setWindow(Fd socket, Window w) {
    ByteBuffer bytes =
        ByteBuffer.allocate(20)
            .order(ByteOrder.nativeOrder())
            .putInt(w.sendUpdate())
            .putInt(w.sendWindow())
            .putInt(w.maxWindow())
            .putInt(w.receiveWindow())
            .putInt(w.receiveUpdate());
    Sockets.setOption(socket, SocketAbi.IPPROTO_TCP, SocketAbi.TCP_REPAIR_WINDOW, bytes.array());
  }

  /**
   * Tells the socket what the handshake had agreed on, after connect(2).
   *
   * @param maxSegment the peer's MSS
   * @param sendScale window scale shifts, or -1 when the connection has none
   */
  public static void setOptions(
      Fd socket,
      int maxSegment,
      int sendScale,
      int receiveScale,
      boolean selectiveAck,
      boolean timestamps) {
    // Option codes are those of the TCP header, RFC 9293 and RFC 7323.
    ByteBuffer options = ByteBuffer.allocate(4 * 8).order(ByteOrder.nativeOrder());
    options.putInt(2).putInt(maxSegment);
    if (sendScale >= 0) {
      options.putInt(3).putInt(sendScale | receiveScale << 16);
    }
    if (selectiveAck) {
      options.putInt(4).putInt(0);
    }
    if (timestamps) {
      options.putInt(8).putInt(0);
    }
    Sockets.setOption(
        socket,
        SocketAbi.IPPROTO_TCP,
        SocketAbi.TCP_REPAIR_OPTIONS,
        java.util.Arrays.copyOf(options.array(), options.position()));
  }

  /** The clock of the timestamp option; it must not go back on the new machine. */
  public static int timestamp(Fd socket) {
    return Sockets.intOption(socket, SocketAbi.IPPROTO_TCP, SocketAbi.TCP_TIMESTAMP);
  }

  public static void setTimestamp(Fd socket, int timestamp) {
    tcp(socket, SocketAbi.TCP_TIMESTAMP, timestamp);
  }

  private static void select(Fd socket, int queue) {
    tcp(socket, SocketAbi.TCP_REPAIR_QUEUE, queue);
  }

  private static void tcp(Fd socket, int name, int value) {
    Sockets.setOption(socket, SocketAbi.IPPROTO_TCP, name, value);
  }
}

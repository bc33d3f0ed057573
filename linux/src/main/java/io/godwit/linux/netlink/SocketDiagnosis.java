package io.godwit.linux.netlink;

import io.godwit.linux.Fd;
import io.godwit.linux.abi.NetlinkAbi;
import io.godwit.linux.abi.SocketAbi;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's own list of the sockets of a network namespace: sock_diag(7). It tells what /proc
 * does not: which Unix socket is connected to which.
 */
public final class SocketDiagnosis implements AutoCloseable {
  private static final int ALL_STATES = -1;

  private final NetlinkSocket socket;

  private SocketDiagnosis(NetlinkSocket socket) {
    this.socket = socket;
  }

  /** For the calling thread's network namespace. */
  public static SocketDiagnosis open() {
    return new SocketDiagnosis(NetlinkSocket.open(SocketAbi.NETLINK_SOCK_DIAG));
  }

  public static SocketDiagnosis openIn(Fd networkNamespace) {
    return new SocketDiagnosis(NetlinkSocket.openIn(networkNamespace, SocketAbi.NETLINK_SOCK_DIAG));
  }

  /** All Unix domain sockets. ENOENT where the kernel has no unix_diag. */
  public List<UnixSocketDetail> unixSockets() {
    NetlinkMessage request =
        new NetlinkMessage()
            .putByte(SocketAbi.AF_UNIX)
            .putByte(0)
            .putShort(0)
            .putInt(ALL_STATES)
            .putInt(0)
            .putInt(
                NetlinkAbi.UDIAG_SHOW_NAME
                    | NetlinkAbi.UDIAG_SHOW_VFS
                    | NetlinkAbi.UDIAG_SHOW_PEER
                    | NetlinkAbi.UDIAG_SHOW_ICONS
                    | NetlinkAbi.UDIAG_SHOW_RQLEN)
            .zeros(8);
    List<UnixSocketDetail> sockets = new ArrayList<>();
    for (ByteBuffer answer : socket.dump(NetlinkAbi.SOCK_DIAG_BY_FAMILY, request, "unix sockets")) {
      if (answer.remaining() >= NetlinkAbi.UNIX_REPLY.byteSize()) {
        sockets.add(unix(answer));
      }
    }
    return List.copyOf(sockets);
  }

  private static UnixSocketDetail unix(ByteBuffer answer) {
    int type = answer.get(1);
    int state = answer.get(2);
    long inode = Integer.toUnsignedLong(answer.getInt(4));
    Map<Integer, ByteBuffer> a =
        NetlinkMessage.attributes(answer.position((int) NetlinkAbi.UNIX_REPLY.byteSize()));
    ByteBuffer queues = a.get(NetlinkAbi.UNIX_DIAG_RQLEN);
    boolean hasQueues = queues != null && queues.remaining() >= 8;
    List<Long> waiting = new ArrayList<>();
    ByteBuffer connections = a.get(NetlinkAbi.UNIX_DIAG_ICONS);
    while (connections != null && connections.remaining() >= 4) {
      waiting.add(Integer.toUnsignedLong(connections.getInt()));
    }
    ByteBuffer shutdown = a.get(NetlinkAbi.UNIX_DIAG_SHUTDOWN);
    return new UnixSocketDetail(
        type,
        state,
        inode,
        name(a.get(NetlinkAbi.UNIX_DIAG_NAME)),
        number(a.get(NetlinkAbi.UNIX_DIAG_PEER)),
        waiting,
        hasQueues && queues != null ? queues.getInt(0) : 0,
        hasQueues && queues != null ? queues.getInt(4) : 0,
        shutdown == null ? 0 : shutdown.get(0),
        number(a.get(NetlinkAbi.UNIX_DIAG_VFS)));
  }

  private static String name(@Nullable ByteBuffer value) {
    if (value == null) {
      return "";
    }
    byte[] bytes = new byte[value.remaining()];
    value.get(bytes);
    String name = new String(bytes, StandardCharsets.ISO_8859_1);
    return name.startsWith("\0") || !name.endsWith("\0")
        ? name
        : name.substring(0, name.length() - 1);
  }

  private static long number(@Nullable ByteBuffer value) {
    return value == null || value.remaining() < 4 ? 0 : Integer.toUnsignedLong(value.getInt(0));
  }

  /**
   * All sockets of an internet protocol.
   *
   * @param family AF_INET or AF_INET6
   * @param protocol IPPROTO_TCP or IPPROTO_UDP
   */
  public List<InetSocketDetail> inetSockets(int family, int protocol) {
    NetlinkMessage request =
        new NetlinkMessage()
            .putByte(family)
            .putByte(protocol)
            .putByte(0)
            .putByte(0)
            .putInt(ALL_STATES)
            .zeros(48);
    List<InetSocketDetail> sockets = new ArrayList<>();
    for (ByteBuffer answer :
        socket.dump(NetlinkAbi.SOCK_DIAG_BY_FAMILY, request, "internet sockets")) {
      if (answer.remaining() >= NetlinkAbi.INET_REPLY.byteSize()) {
        sockets.add(inet(answer));
      }
    }
    return List.copyOf(sockets);
  }

  private static InetSocketDetail inet(ByteBuffer answer) {
    boolean v6 = answer.get(0) == SocketAbi.AF_INET6;
    return new InetSocketDetail(
        answer.get(1),
        address(answer, 8, 4, v6),
        address(answer, 24, 6, v6),
        answer.getInt(56),
        answer.getInt(60),
        answer.getInt(64),
        Integer.toUnsignedLong(answer.getInt(68)));
  }

  private static InetSocketAddress address(ByteBuffer answer, int at, int portAt, boolean v6) {
    byte[] bytes = new byte[v6 ? 16 : 4];
    answer.get(at, bytes);
    int port = answer.duplicate().order(ByteOrder.BIG_ENDIAN).getShort(portAt) & 0xffff;
    try {
      return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
    } catch (UnknownHostException impossible) { // only for a wrong length
      throw new AssertionError(impossible);
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}

package io.godwit.engine.kind.socket;

import io.godwit.core.GodwitException;
import io.godwit.engine.EngineError;
import io.godwit.engine.kind.descriptor.FileKind;
import io.godwit.engine.kind.descriptor.Making;
import io.godwit.engine.kind.descriptor.OpenFile;
import io.godwit.engine.kind.descriptor.OpenFiles;
import io.godwit.image.Bytes;
import io.godwit.image.DescriptionKind;
import io.godwit.image.OpenDescription;
import io.godwit.image.SocketKind.ListeningSocket;
import io.godwit.image.SocketKind.SocketOption;
import io.godwit.image.SocketKind.UnconnectedSocket;
import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.descriptor.Sockets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/**
 * TCP sockets that listen or are not connected, and UDP sockets. Datagrams that were received and
 * not read are dropped, as a network may drop them.
 */
public final class InetSockets implements FileKind {
  private static final int IPPROTO_TCP = 6;
  private static final int IPPROTO_UDP = 17;
  private static final int TCP_INFO = 11;

  /**
   * Offsets in struct tcp_info: tcpi_state, and for listening sockets the backlog's use and size.
   */
  private static final int INFO_STATE = 0;

  private static final int INFO_UNACKED = 24;
  private static final int INFO_SACKED = 28;
  private static final int INFO_BYTES = 104;
  private static final int TCP_CLOSE = 7;
  private static final int TCP_LISTEN = 10;

  @Override
  public Optional<DescriptionKind> describe(OpenFile file, OpenFiles files) {
    if (!file.status().isSocket() || (file.info().flags() & FileAbi.O_PATH) != 0) {
      return Optional.empty();
    }
    int family = Sockets.option(file.here(), Sockets.SOL_SOCKET, Sockets.SO_DOMAIN);
    int type = Sockets.option(file.here(), Sockets.SOL_SOCKET, Sockets.SO_TYPE);
    int protocol = Sockets.option(file.here(), Sockets.SOL_SOCKET, Sockets.SO_PROTOCOL);
    boolean inet = family == Sockets.AF_INET || family == Sockets.AF_INET6;
    if (!inet || (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP)) {
      return Optional.empty();
    }
    List<SocketOption> options = SocketOptions.of(file.here(), family, type, protocol);
    if (protocol == IPPROTO_UDP) {
      return Optional.of(unconnected(file.here(), family, type, protocol, options));
    }
    ByteBuffer info =
        ByteBuffer.wrap(Sockets.optionBytes(file.here(), IPPROTO_TCP, TCP_INFO, INFO_BYTES))
            .order(ByteOrder.nativeOrder());
    return switch (info.get(INFO_STATE)) {
      case TCP_LISTEN -> {
        if (info.getInt(INFO_UNACKED) > 0) {
          throw refuse(
              file,
              "has connections that wait to be accepted",
              "try again when the program has accepted them");
        }
        yield Optional.of(
            new ListeningSocket(
                family,
                protocol,
                Bytes.of(Sockets.localAddress(file.here())),
                info.getInt(INFO_SACKED),
                options));
      }
      case TCP_CLOSE -> Optional.of(unconnected(file.here(), family, type, protocol, options));
      default ->
          throw refuse(
              file,
              "is a TCP connection",
              "move the program while it has none, or let it reconnect");
    };
  }

  private static DescriptionKind unconnected(
      Fd socket, int family, int type, int protocol, List<SocketOption> options) {
    byte[] local = Sockets.localAddress(socket);
    byte[] remote = Sockets.peerAddress(socket);
    return new UnconnectedSocket(
        family,
        type,
        protocol,
        port(local) != 0 ? Optional.of(Bytes.of(local)) : Optional.empty(),
        remote.length > 0 ? Optional.of(Bytes.of(remote)) : Optional.empty(),
        List.of(),
        options);
  }

  /** sin_port and sin6_port stand at the same place, in network order. */
  private static int port(byte[] address) {
    return address.length < 4 ? 0 : (address[2] & 0xff) << 8 | (address[3] & 0xff);
  }

  private static GodwitException refuse(OpenFile file, String what, String advice) {
    return new GodwitException(
        EngineError.NOT_MOVABLE,
        file.words() + " " + what,
        "that part of its state is not carried yet",
        advice);
  }

  @Override
  public Optional<Fd> make(OpenDescription description, Making making) {
    return switch (description.kind()) {
      case ListeningSocket socket ->
          Optional.of(
              making.inNetwork(
                  () -> {
                    Fd fd = Sockets.create(socket.family(), Sockets.SOCK_STREAM, socket.protocol());
                    SocketOptions.set(fd, socket.options());
                    bind(fd, socket.address());
                    Sockets.listen(fd, socket.backlog());
                    return Making.withFlags(fd, description.statusFlags());
                  }));
      case UnconnectedSocket socket ->
          Optional.of(
              making.inNetwork(
                  () -> {
                    Fd fd = Sockets.create(socket.family(), socket.type(), socket.protocol());
                    SocketOptions.set(fd, socket.options());
                    socket.local().ifPresent(address -> bind(fd, address));
                    socket.remote().ifPresent(peer -> Sockets.connect(fd, peer.toArray()));
                    return Making.withFlags(fd, description.statusFlags());
                  }));
      default -> Optional.empty();
    };
  }

  private static void bind(Fd fd, Bytes address) {
    try {
      Sockets.bind(fd, address.toArray());
    } catch (LinuxException failure) {
      throw Making.impossible(
          "a socket cannot have its address (port " + port(address.toArray()) + ")", failure);
    }
  }
}

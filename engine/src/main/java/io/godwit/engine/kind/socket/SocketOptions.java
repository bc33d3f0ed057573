package io.godwit.engine.kind.socket;

import io.godwit.image.Bytes;
import io.godwit.image.SocketKind.SocketOption;
import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.descriptor.Sockets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Options of sockets that differ from those of a new socket of the same kind. */
final class SocketOptions {
  private static final int SOL_IP = 0;
  private static final int SOL_TCP = 6;
  private static final int SOL_IPV6 = 41;
  private static final int MAX_BYTES = 32;

  private record Name(int level, int option) {}

  private static final List<Name> COMMON =
      names(
          Sockets.SOL_SOCKET,
          Sockets.SO_REUSEADDR,
          Sockets.SO_BROADCAST,
          Sockets.SO_KEEPALIVE,
          Sockets.SO_OOBINLINE,
          Sockets.SO_PRIORITY,
          Sockets.SO_LINGER,
          Sockets.SO_REUSEPORT,
          Sockets.SO_PASSCRED,
          Sockets.SO_RCVLOWAT,
          Sockets.SO_RCVTIMEO,
          Sockets.SO_SNDTIMEO,
          Sockets.SO_TIMESTAMP,
          Sockets.SO_MARK,
          Sockets.SO_PEEK_OFF,
          Sockets.SO_SNDBUF,
          Sockets.SO_RCVBUF);

  /** TOS, TTL, PKTINFO, RECVERR, FREEBIND, TRANSPARENT. */
  private static final List<Name> IP = names(SOL_IP, 1, 2, 8, 11, 15, 19);

  /** UNICAST_HOPS, RECVERR, V6ONLY, RECVPKTINFO, TCLASS. */
  private static final List<Name> IPV6 = names(SOL_IPV6, 16, 25, 26, 49, 67);

  /** NODELAY, CORK, KEEPIDLE to LINGER2, DEFER_ACCEPT, CONGESTION, USER_TIMEOUT, FASTOPEN. */
  private static final List<Name> TCP = names(SOL_TCP, 1, 3, 4, 5, 6, 7, 8, 9, 13, 18, 23);

  private SocketOptions() {}

  private static List<Name> names(int level, int... options) {
    return Arrays.stream(options).mapToObj(option -> new Name(level, option)).toList();
  }

  private static List<Name> of(int family, int protocol) {
    List<Name> all = new ArrayList<>(COMMON);
    if (family == Sockets.AF_INET || family == Sockets.AF_INET6) {
      all.addAll(IP);
    }
    if (family == Sockets.AF_INET6) {
      all.addAll(IPV6);
    }
    if (protocol == SOL_TCP) {
      all.addAll(TCP);
    }
    return all;
  }

  /** What to set on a new socket so that it is like this one. */
  static List<SocketOption> of(Fd socket, int family, int type, int protocol) {
    Fd fresh = Sockets.create(family, type, protocol);
    try {
      List<SocketOption> found = new ArrayList<>();
      for (Name name : of(family, protocol)) {
        byte[] value = value(socket, name);
        if (value.length > 0 && !Arrays.equals(value, value(fresh, name))) {
          found.add(new SocketOption(name.level(), name.option(), Bytes.of(value)));
        }
      }
      return found;
    } finally {
      Descriptors.close(fresh);
    }
  }

  private static byte[] value(Fd socket, Name name) {
    try {
      return Sockets.optionBytes(socket, name.level(), name.option(), MAX_BYTES);
    } catch (LinuxException unknown) {
      return new byte[0]; // not of this kernel or this family
    }
  }

  /** Sets them; buffer sizes are doubled by the kernel when set, so half of them is asked for. */
  static void set(Fd socket, List<SocketOption> options) {
    for (SocketOption option : options) {
      boolean buffer =
          option.level() == Sockets.SOL_SOCKET
              && (option.option() == Sockets.SO_SNDBUF || option.option() == Sockets.SO_RCVBUF);
      if (buffer) {
        int size = option.value().asBuffer().getInt(0) / 2;
        int forced =
            option.option() == Sockets.SO_SNDBUF ? Sockets.SO_SNDBUFFORCE : Sockets.SO_RCVBUFFORCE;
        try {
          Sockets.setOption(socket, Sockets.SOL_SOCKET, forced, size);
        } catch (LinuxException failure) {
          if (!failure.is(Errno.EPERM)) {
            throw failure;
          }
          Sockets.setOption(socket, Sockets.SOL_SOCKET, option.option(), size);
        }
      } else {
        Sockets.setOption(socket, option.level(), option.option(), option.value().toArray());
      }
    }
  }
}

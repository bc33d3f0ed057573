package io.godwit.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.godwit.linux.abi.SocketAbi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Socket addresses as the kernel's struct sockaddr. */
final class Sockaddr {
  private static final int MAX_NAME = 108;
  private static final ValueLayout.OfShort NETWORK_SHORT =
      JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);

  private Sockaddr() {}

  /** The sockaddr in native memory, exactly as long as its address length. */
  static MemorySegment toNative(Arena arena, SocketAddress address) {
    return switch (address) {
      case SocketAddress.Inet inet -> inet(arena, inet.address());
      case SocketAddress.Unix unix -> unix(arena, unix);
      case SocketAddress.Netlink netlink -> {
        MemorySegment s = arena.allocate(SocketAbi.SOCKADDR_NL);
        s.set(JAVA_SHORT, 0, (short) SocketAbi.AF_NETLINK);
        s.set(JAVA_INT, 4, netlink.port());
        s.set(JAVA_INT, 8, netlink.groups());
        yield s;
      }
      case SocketAddress.Other other -> {
        byte[] bytes = HexFormat.of().parseHex(other.sockaddr());
        MemorySegment s = arena.allocate(Math.max(1, bytes.length), 8);
        MemorySegment.copy(bytes, 0, s, JAVA_BYTE, 0, bytes.length);
        yield s;
      }
    };
  }

  private static MemorySegment unix(Arena arena, SocketAddress.Unix unix) {
    byte[] name = unix.name().getBytes(StandardCharsets.ISO_8859_1);
    if (name.length > MAX_NAME) {
      throw new IllegalArgumentException("a socket name has at most " + MAX_NAME + " bytes");
    }
    // A path carries its zero where there is room; an abstract name must not.
    boolean zero = !unix.isAbstract() && name.length > 0 && name.length < MAX_NAME;
    MemorySegment s = arena.allocate(2L + name.length + (zero ? 1 : 0), 4);
    s.set(JAVA_SHORT, 0, (short) SocketAbi.AF_UNIX);
    MemorySegment.copy(name, 0, s, JAVA_BYTE, 2, name.length);
    return s;
  }

  private static MemorySegment inet(Arena arena, InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    if (ip == null) {
      throw new IllegalArgumentException("an address that was not resolved: " + address);
    }
    byte[] bytes = ip.getAddress();
    boolean v6 = bytes.length == 16;
    MemorySegment s = arena.allocate(v6 ? SocketAbi.SOCKADDR_IN6 : SocketAbi.SOCKADDR_IN);
    s.set(JAVA_SHORT, 0, (short) (v6 ? SocketAbi.AF_INET6 : SocketAbi.AF_INET));
    s.set(NETWORK_SHORT, 2, (short) address.getPort());
    MemorySegment.copy(bytes, 0, s, JAVA_BYTE, v6 ? 8 : 4, bytes.length);
    if (ip instanceof Inet6Address scoped) {
      s.set(JAVA_INT, 24, scoped.getScopeId());
    }
    return s;
  }

  /** Reads a sockaddr that the kernel wrote. */
  static SocketAddress ofNative(MemorySegment s, int length) {
    if (length < 2) {
      return new SocketAddress.Unix("");
    }
    int family = s.get(JAVA_SHORT, 0);
    return switch (family) {
      case SocketAbi.AF_INET -> inet(s, false);
      case SocketAbi.AF_INET6 -> inet(s, true);
      case SocketAbi.AF_UNIX -> unix(s.asSlice(2, length - 2L).toArray(JAVA_BYTE));
      case SocketAbi.AF_NETLINK ->
          new SocketAddress.Netlink(s.get(JAVA_INT, 4), s.get(JAVA_INT, 8));
      default ->
          new SocketAddress.Other(
              family, HexFormat.of().formatHex(s.asSlice(0, length).toArray(JAVA_BYTE)));
    };
  }

  private static SocketAddress unix(byte[] name) {
    int end = name.length;
    if (end > 0 && name[0] != 0) {
      end = 0;
      while (end < name.length && name[end] != 0) {
        end++;
      }
    }
    return new SocketAddress.Unix(new String(name, 0, end, StandardCharsets.ISO_8859_1));
  }

  private static SocketAddress inet(MemorySegment s, boolean v6) {
    int port = s.get(NETWORK_SHORT, 2) & 0xffff;
    byte[] address = s.asSlice(v6 ? 8 : 4, v6 ? 16 : 4).toArray(JAVA_BYTE);
    try {
      InetAddress ip =
          v6
              ? Inet6Address.getByAddress(null, address, s.get(JAVA_INT, 24))
              : InetAddress.getByAddress(address);
      return new SocketAddress.Inet(new InetSocketAddress(ip, port));
    } catch (UnknownHostException impossible) { // only for a wrong length
      throw new AssertionError(impossible);
    }
  }
}

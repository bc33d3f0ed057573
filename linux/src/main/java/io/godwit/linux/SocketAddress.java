package io.godwit.linux;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** An address that a socket can be bound or connected to. */
public sealed interface SocketAddress {
  /** IPv4 or IPv6. */
  record Inet(InetSocketAddress address) implements SocketAddress {}

  /**
   * A Unix domain address, unix(7), as the bytes of sun_path.
   *
   * @param name empty without a name; an abstract name begins with a zero character. Characters
   *     stand for bytes (ISO 8859-1), since abstract names may hold any; see {@link #ofPath}
   */
  record Unix(String name) implements SocketAddress {
    public static Unix ofPath(String path) {
      return new Unix(
          new String(path.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
    }

    public boolean isAbstract() {
      return name.startsWith("\0");
    }

    /** The path as text; not for abstract names. */
    public String path() {
      return new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
  }

  /** netlink(7). */
  record Netlink(int port, int groups) implements SocketAddress {}

  /** Any other family; the whole sockaddr in hexadecimal digits. */
  record Other(int family, String sockaddr) implements SocketAddress {}
}

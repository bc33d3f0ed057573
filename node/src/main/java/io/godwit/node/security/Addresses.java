package io.godwit.node.security;

import io.godwit.core.GodwitException;
import io.godwit.node.NodeError;
import java.net.InetSocketAddress;

/** The form host:port, with [..] around an IPv6 address. */
public final class Addresses {
  private static final int HOST_CHARACTERS = 255;

  private Addresses() {}

  /** Reads host:port; the host is resolved. */
  public static InetSocketAddress parse(String text) {
    InetSocketAddress split = split(text);
    return new InetSocketAddress(split.getHostString(), split.getPort());
  }

  /** Reads host:port and resolves nothing. */
  public static InetSocketAddress split(String text) {
    int colon = text.lastIndexOf(':');
    if (colon <= 0 || colon > HOST_CHARACTERS) {
      throw bad(text, "it is not of the form host:port");
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      throw bad(text, "an IPv6 address needs [ and ] around it");
    }
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      return InetSocketAddress.createUnresolved(host, port);
    } catch (IllegalArgumentException notAPort) {
      throw bad(text, "'" + text.substring(colon + 1) + "' is not a port");
    }
  }

  /** Writes host:port. */
  public static String format(InetSocketAddress address) {
    String host = address.getHostString();
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  private static GodwitException bad(String text, String why) {
    return new GodwitException(
        NodeError.BAD_ADDRESS,
        "reading the address '" + text + "'",
        why,
        "write it like 10.0.0.7:7411");
  }
}

package io.godwit.linux.netlink;

import java.net.InetAddress;

/** An address of a network interface, with the length of its network's prefix in bits. */
public record InterfaceAddress(int link, InetAddress address, int prefix) {}

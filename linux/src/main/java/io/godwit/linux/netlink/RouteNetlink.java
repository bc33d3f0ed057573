package io.godwit.linux.netlink;

import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.NetlinkAbi;
import io.godwit.linux.abi.SocketAbi;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Links, addresses and routes of one network namespace: rtnetlink(7). Changes need CAP_NET_ADMIN.
 * One thread at a time.
 */
public final class RouteNetlink implements AutoCloseable {
  /** Longest name of an interface, IFNAMSIZ without its zero. */
  public static final int MAX_NAME = 15;

  private static final int CREATE = NetlinkAbi.NLM_F_CREATE | NetlinkAbi.NLM_F_EXCL;

  private final NetlinkSocket socket;

  private RouteNetlink(NetlinkSocket socket) {
    this.socket = socket;
  }

  /** For the calling thread's network namespace. */
  public static RouteNetlink open() {
    return new RouteNetlink(NetlinkSocket.open(SocketAbi.NETLINK_ROUTE));
  }

  /** For another namespace, by its descriptor. */
  public static RouteNetlink openIn(Fd networkNamespace) {
    return new RouteNetlink(NetlinkSocket.openIn(networkNamespace, SocketAbi.NETLINK_ROUTE));
  }

  /** Makes a veth pair with both ends here. */
  public void createVethPair(String name, String peer) {
    createVethPair(name, peer, null);
  }

  /** Makes a veth pair whose second end appears in another namespace. */
  public void createVethPair(String name, String peer, @Nullable Fd peerNamespace) {
    NetlinkMessage m = link(0, 0, 0).attribute(NetlinkAbi.IFLA_IFNAME, checked(name));
    int info = m.begin(NetlinkAbi.IFLA_LINKINFO);
    m.attribute(NetlinkAbi.IFLA_INFO_KIND, "veth");
    int data = m.begin(NetlinkAbi.IFLA_INFO_DATA);
    int other = m.begin(NetlinkAbi.VETH_INFO_PEER);
    putLink(m, 0, 0, 0).attribute(NetlinkAbi.IFLA_IFNAME, checked(peer));
    if (peerNamespace != null) {
      m.attribute(NetlinkAbi.IFLA_NET_NS_FD, peerNamespace.number());
    }
    m.end(other).end(data).end(info);
    socket.change(NetlinkAbi.RTM_NEWLINK, CREATE, m, "new veth " + name + ", " + peer);
  }

  /** Makes a bridge. */
  public void createBridge(String name) {
    create(name, "bridge");
  }

  private void create(String name, String kind) {
    NetlinkMessage m = link(0, 0, 0).attribute(NetlinkAbi.IFLA_IFNAME, checked(name));
    int info = m.begin(NetlinkAbi.IFLA_LINKINFO);
    m.attribute(NetlinkAbi.IFLA_INFO_KIND, kind).end(info);
    socket.change(NetlinkAbi.RTM_NEWLINK, CREATE, m, "new " + kind + " " + name);
  }

  /**
   * Makes a VXLAN tunnel to one other machine.
   *
   * @param id of the network, 24 bits
   * @param remote IPv4 address of the other machine
   */
  public void createVxlan(String name, int id, InetAddress local, InetAddress remote, int port) {
    NetlinkMessage m = link(0, 0, 0).attribute(NetlinkAbi.IFLA_IFNAME, checked(name));
    int info = m.begin(NetlinkAbi.IFLA_LINKINFO);
    m.attribute(NetlinkAbi.IFLA_INFO_KIND, "vxlan");
    int data = m.begin(NetlinkAbi.IFLA_INFO_DATA);
    m.attribute(NetlinkAbi.IFLA_VXLAN_ID, id)
        .attribute(NetlinkAbi.IFLA_VXLAN_LOCAL, local.getAddress())
        .attribute(NetlinkAbi.IFLA_VXLAN_GROUP, remote.getAddress())
        .attributeByte(NetlinkAbi.IFLA_VXLAN_LEARNING, 0)
        .attributePort(NetlinkAbi.IFLA_VXLAN_PORT, port);
    m.end(data).end(info);
    socket.change(NetlinkAbi.RTM_NEWLINK, CREATE, m, "new vxlan " + name);
  }

  public void setUp(int link, boolean up) {
    socket.change(
        NetlinkAbi.RTM_NEWLINK,
        0,
        link(link, up ? NetlinkAbi.IFF_UP : 0, NetlinkAbi.IFF_UP),
        "link " + link + (up ? " up" : " down"));
  }

  public void setUp(String name) {
    setUp(index(name), true);
  }

  /**
   * Puts a link into a bridge.
   *
   * @param bridge its index, 0 to take the link out
   */
  public void setMaster(int link, int bridge) {
    socket.change(
        NetlinkAbi.RTM_NEWLINK,
        0,
        link(link, 0, 0).attribute(NetlinkAbi.IFLA_MASTER, bridge),
        "link " + link + " into " + bridge);
  }

  public void setMtu(int link, int mtu) {
    socket.change(
        NetlinkAbi.RTM_NEWLINK,
        0,
        link(link, 0, 0).attribute(NetlinkAbi.IFLA_MTU, mtu),
        "link " + link + " mtu " + mtu);
  }

  /**
   * Sets the hardware address.
   *
   * @param address in hexadecimal digits
   */
  public void setHardwareAddress(int link, String address) {
    socket.change(
        NetlinkAbi.RTM_NEWLINK,
        0,
        link(link, 0, 0).attribute(NetlinkAbi.IFLA_ADDRESS, HexFormat.of().parseHex(address)),
        "link " + link + " address " + address);
  }

  /** Moves a link, which goes down and loses its addresses, under another name if given. */
  public void moveTo(int link, Fd networkNamespace, @Nullable String newName) {
    NetlinkMessage m =
        link(link, 0, 0).attribute(NetlinkAbi.IFLA_NET_NS_FD, networkNamespace.number());
    if (newName != null) {
      m.attribute(NetlinkAbi.IFLA_IFNAME, checked(newName));
    }
    socket.change(NetlinkAbi.RTM_NEWLINK, 0, m, "link " + link + " to " + networkNamespace);
  }

  /** Deletes a link; of a veth pair both ends go. */
  public void delete(int link) {
    socket.change(NetlinkAbi.RTM_DELLINK, 0, link(link, 0, 0), "delete link " + link);
  }

  /** Adds an address; EEXIST when it is there. IPv6 addresses can be used at once (no DAD). */
  public void addAddress(int link, InetAddress address, int prefix) {
    socket.change(
        NetlinkAbi.RTM_NEWADDR,
        CREATE,
        address(link, address, prefix),
        "address " + address.getHostAddress() + "/" + prefix + " on " + link);
  }

  public void deleteAddress(int link, InetAddress address, int prefix) {
    socket.change(
        NetlinkAbi.RTM_DELADDR,
        0,
        address(link, address, prefix),
        "delete address " + address.getHostAddress() + " of " + link);
  }

  /**
   * Adds a route.
   *
   * @param destination network; for the default route 0.0.0.0 or :: with prefix 0
   * @param gateway null for a network that is reached directly
   */
  public void addRoute(
      InetAddress destination, int prefix, @Nullable InetAddress gateway, int link) {
    socket.change(
        NetlinkAbi.RTM_NEWROUTE,
        CREATE,
        route(destination, prefix, gateway, link),
        "route " + destination.getHostAddress() + "/" + prefix);
  }

  public void deleteRoute(
      InetAddress destination, int prefix, @Nullable InetAddress gateway, int link) {
    socket.change(
        NetlinkAbi.RTM_DELROUTE,
        0,
        route(destination, prefix, gateway, link),
        "delete route " + destination.getHostAddress() + "/" + prefix);
  }

  /** All links. */
  public List<Link> links() {
    List<Link> links = new ArrayList<>();
    for (ByteBuffer answer : socket.dump(NetlinkAbi.RTM_GETLINK, link(0, 0, 0), "links")) {
      if (answer.remaining() >= NetlinkAbi.LINK.byteSize()) {
        links.add(readLink(answer));
      }
    }
    return List.copyOf(links);
  }

  public Optional<Link> find(String name) {
    return links().stream().filter(l -> l.name().equals(name)).findFirst();
  }

  /** The index of a link; ENODEV when there is none. */
  public int index(String name) {
    return find(name)
        .map(Link::index)
        .orElseThrow(
            () ->
                new LinuxException(
                    Errno.ENODEV.number(), io.godwit.linux.abi.Syscall.SENDTO, "link " + name));
  }

  /** All addresses. */
  public List<InterfaceAddress> addresses() {
    NetlinkMessage m = new NetlinkMessage().zeros((int) NetlinkAbi.ADDRESS.byteSize());
    List<InterfaceAddress> addresses = new ArrayList<>();
    for (ByteBuffer answer : socket.dump(NetlinkAbi.RTM_GETADDR, m, "addresses")) {
      if (answer.remaining() < NetlinkAbi.ADDRESS.byteSize()) {
        continue;
      }
      int prefix = answer.get(1) & 0xff;
      int link = answer.getInt(4);
      Map<Integer, ByteBuffer> attributes =
          NetlinkMessage.attributes(answer.position((int) NetlinkAbi.ADDRESS.byteSize()));
      ByteBuffer value =
          attributes.getOrDefault(NetlinkAbi.IFA_LOCAL, attributes.get(NetlinkAbi.IFA_ADDRESS));
      if (value != null) {
        byte[] bytes = new byte[value.remaining()];
        value.get(bytes);
        try {
          addresses.add(new InterfaceAddress(link, InetAddress.getByAddress(bytes), prefix));
        } catch (UnknownHostException e) {
          throw new IllegalStateException("an address of " + bytes.length + " bytes", e);
        }
      }
    }
    return List.copyOf(addresses);
  }

  private static Link readLink(ByteBuffer answer) {
    int index = answer.getInt(4);
    int flags = answer.getInt(8);
    Map<Integer, ByteBuffer> a =
        NetlinkMessage.attributes(answer.position((int) NetlinkAbi.LINK.byteSize()));
    ByteBuffer name = a.get(NetlinkAbi.IFLA_IFNAME);
    ByteBuffer hardware = a.get(NetlinkAbi.IFLA_ADDRESS);
    String kind = "";
    ByteBuffer info = a.get(NetlinkAbi.IFLA_LINKINFO);
    if (info != null) {
      ByteBuffer text = NetlinkMessage.attributes(info).get(NetlinkAbi.IFLA_INFO_KIND);
      kind = text == null ? "" : NetlinkMessage.text(text);
    }
    byte[] mac = new byte[hardware == null ? 0 : hardware.remaining()];
    if (hardware != null) {
      hardware.get(mac);
    }
    ByteBuffer operational = a.get(NetlinkAbi.IFLA_OPERSTATE);
    return new Link(
        index,
        name == null ? "" : NetlinkMessage.text(name),
        (flags & NetlinkAbi.IFF_UP) != 0,
        HexFormat.of().formatHex(mac),
        number(a.get(NetlinkAbi.IFLA_MTU)),
        number(a.get(NetlinkAbi.IFLA_MASTER)),
        number(a.get(NetlinkAbi.IFLA_LINK)),
        kind,
        operational == null ? 0 : operational.get(0));
  }

  private static int number(@Nullable ByteBuffer value) {
    return value == null || value.remaining() < 4 ? 0 : value.getInt(0);
  }

  private static NetlinkMessage link(int index, int flags, int change) {
    return putLink(new NetlinkMessage(), index, flags, change);
  }

  private static NetlinkMessage putLink(NetlinkMessage m, int index, int flags, int change) {
    return m.putByte(SocketAbi.AF_UNSPEC)
        .putByte(0)
        .putShort(0)
        .putInt(index)
        .putInt(flags)
        .putInt(change);
  }

  private static NetlinkMessage address(int link, InetAddress address, int prefix) {
    byte[] bytes = address.getAddress();
    return new NetlinkMessage()
        .putByte(family(bytes))
        .putByte(prefix)
        .putByte(bytes.length == 16 ? NetlinkAbi.IFA_F_NODAD : 0)
        .putByte(NetlinkAbi.RT_SCOPE_UNIVERSE)
        .putInt(link)
        .attribute(NetlinkAbi.IFA_LOCAL, bytes)
        .attribute(NetlinkAbi.IFA_ADDRESS, bytes);
  }

  private static NetlinkMessage route(
      InetAddress destination, int prefix, @Nullable InetAddress gateway, int link) {
    byte[] bytes = destination.getAddress();
    NetlinkMessage m =
        new NetlinkMessage()
            .putByte(family(bytes))
            .putByte(prefix)
            .putByte(0)
            .putByte(0)
            .putByte(NetlinkAbi.RT_TABLE_MAIN)
            .putByte(NetlinkAbi.RTPROT_STATIC)
            .putByte(gateway == null ? NetlinkAbi.RT_SCOPE_LINK : NetlinkAbi.RT_SCOPE_UNIVERSE)
            .putByte(NetlinkAbi.RTN_UNICAST)
            .putInt(0);
    if (prefix > 0) {
      m.attribute(NetlinkAbi.RTA_DST, bytes);
    }
    if (gateway != null) {
      m.attribute(NetlinkAbi.RTA_GATEWAY, gateway.getAddress());
    }
    return m.attribute(NetlinkAbi.RTA_OIF, link);
  }

  private static int family(byte[] address) {
    return address.length == 16 ? SocketAbi.AF_INET6 : SocketAbi.AF_INET;
  }

  private static String checked(String name) {
    if (name.isEmpty() || name.length() > MAX_NAME || !name.matches("[!-.0-~]+")) {
      throw new IllegalArgumentException(
          "a link's name has 1 to " + MAX_NAME + " characters without blanks: '" + name + "'");
    }
    return name;
  }

  @Override
  public void close() {
    socket.close();
  }
}

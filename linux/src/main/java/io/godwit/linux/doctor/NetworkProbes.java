package io.godwit.linux.doctor;

import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.Namespaces;
import io.godwit.linux.OwnedFd;
import io.godwit.linux.Sockets;
import io.godwit.linux.TcpRepair;
import io.godwit.linux.abi.DoctorAbi;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.abi.NamespaceAbi;
import io.godwit.linux.abi.SocketAbi;
import io.godwit.linux.netlink.Netfilter;
import io.godwit.linux.netlink.RouteNetlink;
import io.godwit.linux.netlink.SocketDiagnosis;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Consumer;

/** Probes of the network; devices are made in a network namespace that ends with the probe. */
final class NetworkProbes {
  /** sizeof(struct ifreq). */
  private static final int IFREQ_BYTES = 40;

  /** Where struct ifreq has its flags, after the name. */
  private static final int IFREQ_FLAGS = 16;

  private NetworkProbes() {}

  static void addTo(Map<Feature, Probe> probes) {
    link(probes, Feature.VETH, route -> route.createVethPair("gw-a", "gw-b"));
    link(probes, Feature.BRIDGE, route -> route.createBridge("gw-a"));
    link(
        probes,
        Feature.VXLAN,
        route -> {
          InetAddress any = InetAddress.getLoopbackAddress();
          route.createVxlan("gw-a", 1, any, any, 4789);
        });
    probes.put(Feature.TUN, NetworkProbes::tun);
    probes.put(
        Feature.NF_TABLES,
        () -> {
          Netfilter.checkTables();
          return "";
        });
    probes.put(Feature.UNIX_DIAG, NetworkProbes::unixDiagnosis);
    probes.put(Feature.INET_DIAG, NetworkProbes::inetDiagnosis);
    probes.put(Feature.TCP_REPAIR, NetworkProbes::tcpRepair);
  }

  private static void link(
      Map<Feature, Probe> probes, Feature feature, Consumer<RouteNetlink> make) {
    probes.put(
        feature,
        () ->
            Namespaces.onOwnThread(
                NamespaceAbi.CLONE_NEWNET,
                () -> {
                  try (RouteNetlink route = RouteNetlink.open()) {
                    make.accept(route);
                    return "";
                  }
                }));
  }

  private static String tun() {
    return Namespaces.onOwnThread(
        NamespaceAbi.CLONE_NEWNET,
        () -> {
          try (OwnedFd tun = OwnedFd.of(Descriptors.open("/dev/net/tun", FileAbi.O_RDWR))) {
            ByteBuffer request = ByteBuffer.allocate(IFREQ_BYTES).order(ByteOrder.nativeOrder());
            request.put(0, "gw-t".getBytes(StandardCharsets.US_ASCII));
            request.putShort(IFREQ_FLAGS, (short) (DoctorAbi.IFF_TUN | DoctorAbi.IFF_NO_PI));
            Descriptors.ioctl(tun.fd(), DoctorAbi.TUNSETIFF, request.array());
            return "";
          }
        });
  }

  private static String unixDiagnosis() {
    try (SocketDiagnosis diagnosis = SocketDiagnosis.open()) {
      return diagnosis.unixSockets().size() + " sockets";
    }
  }

  private static String inetDiagnosis() {
    try (SocketDiagnosis diagnosis = SocketDiagnosis.open()) {
      return diagnosis.inetSockets(SocketAbi.AF_INET, SocketAbi.IPPROTO_TCP).size()
          + " TCP sockets";
    }
  }

  private static String tcpRepair() {
    Fd socket = Sockets.create(SocketAbi.AF_INET, SocketAbi.SOCK_STREAM, 0);
    try {
      TcpRepair.begin(socket);
      return "";
    } finally {
      Descriptors.close(socket);
    }
  }
}

package io.godwit.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.Namespaces;
import io.godwit.linux.OwnedFd;
import io.godwit.linux.SocketAddress;
import io.godwit.linux.Sockets;
import io.godwit.linux.UnixSockets;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.SocketAbi;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In network namespaces that the test makes and that end with its descriptors. */
class NetlinkTest {
  private Fd first = new Fd(0);
  private Fd second = new Fd(0);

  @BeforeEach
  void namespaces() {
    try {
      first = Namespaces.createNetwork();
    } catch (LinuxException e) {
      assumeTrue(false, "network namespaces need CAP_SYS_ADMIN: " + e.getMessage());
    }
    second = Namespaces.createNetwork();
  }

  @AfterEach
  void end() {
    if (first.number() != 0) {
      Descriptors.close(first);
      Descriptors.close(second);
    }
  }

  private static InetAddress ip(String text) {
    return InetAddress.ofLiteral(text);
  }

  @Test
  void twoNamespacesTalkOverAVethPair() {
    try (RouteNetlink a = RouteNetlink.openIn(first);
        RouteNetlink b = RouteNetlink.openIn(second)) {
      a.createVethPair("gw-a", "gw-b", second);
      assertThat(b.find("gw-b")).hasValueSatisfying(l -> assertThat(l.kind()).isEqualTo("veth"));
      assertThat(a.find("gw-b")).isEmpty();
      configure(a, "gw-a", "10.9.8.1");
      configure(b, "gw-b", "10.9.8.2");
      assertThat(a.addresses())
          .anyMatch(x -> x.address().equals(ip("10.9.8.1")) && x.prefix() == 24);
      exchange("10.9.8.2");
      b.addAddress(b.index("lo"), ip("10.7.7.7"), 32);
      assertThatThrownBy(() -> exchange("10.7.7.7")).isInstanceOf(LinuxException.class);
      a.addRoute(ip("10.7.7.0"), 24, ip("10.9.8.2"), a.index("gw-a"));
      exchange("10.7.7.7");
      a.deleteRoute(ip("10.7.7.0"), 24, ip("10.9.8.2"), a.index("gw-a"));
      a.addRoute(ip("0.0.0.0"), 0, ip("10.9.8.2"), a.index("gw-a"));
      exchange("10.7.7.7");
      a.delete(a.index("gw-a"));
      assertThat(b.find("gw-b")).isEmpty();
    }
  }

  private static void configure(RouteNetlink route, String name, String address) {
    int link = route.index(name);
    route.addAddress(link, ip(address), 24);
    route.setUp(link, true);
    route.setUp("lo");
  }

  /** A connection from the first namespace to an address in the second. */
  private void exchange(String address) {
    Fd server =
        Namespaces.inside(
            second, () -> Sockets.create(SocketAbi.AF_INET, SocketAbi.SOCK_STREAM, 0));
    Fd client =
        Namespaces.inside(first, () -> Sockets.create(SocketAbi.AF_INET, SocketAbi.SOCK_STREAM, 0));
    try {
      Sockets.bind(server, new SocketAddress.Inet(new InetSocketAddress(ip(address), 0)));
      Sockets.listen(server, 1);
      Sockets.connect(client, Sockets.localAddress(server));
      Fd accepted = Sockets.accept(server);
      Sockets.send(client, ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8)), 0);
      ByteBuffer into = ByteBuffer.allocate(10);
      assertThat(Sockets.receive(accepted, into, 0)).isEqualTo(5);
      Descriptors.close(accepted);
    } finally {
      Descriptors.close(client);
      Descriptors.close(server);
    }
  }

  @Test
  void bridgesAndMovedLinks() {
    try (RouteNetlink a = RouteNetlink.openIn(first);
        RouteNetlink b = RouteNetlink.openIn(second)) {
      a.createBridge("gw-br");
      a.createVethPair("gw-1", "gw-2");
      a.setMaster(a.index("gw-1"), a.index("gw-br"));
      assertThat(a.find("gw-1"))
          .hasValueSatisfying(l -> assertThat(l.master()).isEqualTo(a.index("gw-br")));
      a.setMtu(a.index("gw-2"), 1400);
      a.setHardwareAddress(a.index("gw-2"), "02aabbccddee");
      a.moveTo(a.index("gw-2"), second, "eth7");
      assertThat(b.find("eth7"))
          .hasValueSatisfying(
              l -> {
                assertThat(l.mtu()).isEqualTo(1400);
                assertThat(l.hardwareAddress()).isEqualTo("02aabbccddee");
                assertThat(l.up()).isFalse();
              });
      a.createVxlan("gw-vx", 42, ip("127.0.0.1"), ip("127.0.0.2"), 4789);
      assertThat(a.find("gw-vx")).hasValueSatisfying(l -> assertThat(l.kind()).isEqualTo("vxlan"));
      a.addAddress(a.index("gw-br"), ip("fd00::1"), 64);
      assertThat(a.addresses()).anyMatch(x -> x.address().equals(ip("fd00::1")));
      a.deleteAddress(a.index("gw-br"), ip("fd00::1"), 64);
      assertThat(a.addresses()).noneMatch(x -> x.address().equals(ip("fd00::1")));
    }
  }

  @Test
  void errorsCarryErrnoAndTheKernelsWords() {
    try (RouteNetlink a = RouteNetlink.openIn(first)) {
      a.createBridge("gw-br");
      assertThatThrownBy(() -> a.createBridge("gw-br"))
          .isInstanceOfSatisfying(
              LinuxException.class, e -> assertThat(e.is(Errno.EEXIST)).isTrue())
          .hasMessageContaining("gw-br");
      assertThatThrownBy(() -> a.index("nothing"))
          .isInstanceOfSatisfying(
              LinuxException.class, e -> assertThat(e.is(Errno.ENODEV)).isTrue());
      assertThatThrownBy(() -> a.setMaster(a.index("lo"), a.index("gw-br")))
          .isInstanceOf(LinuxException.class);
      assertThatThrownBy(() -> a.createBridge("a name that is far too long"))
          .isInstanceOf(IllegalArgumentException.class);
      // The socket is still of use after an error.
      assertThat(a.links()).anyMatch(l -> l.name().equals("gw-br"));
    }
  }

  @Test
  void namedNamespaces(@TempDir Path dir) {
    NetworkNamespaces names = new NetworkNamespaces(dir);
    names.create("godwit-linux-a");
    try {
      assertThat(names.names()).containsExactly("godwit-linux-a");
      try (OwnedFd fd = OwnedFd.of(names.open("godwit-linux-a"));
          RouteNetlink route = RouteNetlink.openIn(fd.fd())) {
        assertThat(route.links()).anyMatch(l -> l.name().equals("lo") && l.up());
      }
      assertThatThrownBy(() -> names.create("godwit-linux-a")).isInstanceOf(LinuxException.class);
    } finally {
      names.delete("godwit-linux-a");
    }
    assertThat(names.names()).isEmpty();
    assertThatThrownBy(() -> names.create("../x")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void unixPeersByInode() {
    UnixSockets.Pair pair = UnixSockets.pair(SocketAbi.SOCK_STREAM);
    Fd named = Sockets.create(SocketAbi.AF_UNIX, SocketAbi.SOCK_STREAM, 0);
    String name = "\0godwit-linux-" + ProcessHandle.current().pid();
    try (SocketDiagnosis diagnosis = SocketDiagnosis.open()) {
      long one = Descriptors.status(pair.first()).inode();
      long other = Descriptors.status(pair.second()).inode();
      Sockets.bind(named, new SocketAddress.Unix(name));
      Sockets.listen(named, 3);
      List<UnixSocketDetail> all = diagnosis.unixSockets();
      assertThat(all).anyMatch(s -> s.inode() == one && s.peer() == other && s.state() == 1);
      assertThat(all).anyMatch(s -> s.inode() == other && s.peer() == one);
      assertThat(all).anyMatch(s -> s.name().equals(name) && s.state() == 10);
    } finally {
      Descriptors.close(pair.first());
      Descriptors.close(pair.second());
      Descriptors.close(named);
    }
  }

  @Test
  void internetSockets() {
    Fd server =
        Namespaces.inside(first, () -> Sockets.create(SocketAbi.AF_INET, SocketAbi.SOCK_STREAM, 0));
    try (SocketDiagnosis diagnosis = SocketDiagnosis.openIn(first)) {
      Sockets.bind(server, new SocketAddress.Inet(new InetSocketAddress(ip("127.0.0.1"), 4321)));
      Sockets.listen(server, 3);
      assertThat(diagnosis.inetSockets(SocketAbi.AF_INET, SocketAbi.IPPROTO_TCP))
          .singleElement()
          .satisfies(
              s -> {
                assertThat(s.local()).isEqualTo(new InetSocketAddress(ip("127.0.0.1"), 4321));
                assertThat(s.state()).isEqualTo(10);
                assertThat(s.inode()).isEqualTo(Descriptors.status(server).inode());
              });
    } finally {
      Descriptors.close(server);
    }
  }
}

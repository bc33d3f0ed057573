package io.godwit.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.linux.abi.SocketAbi;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Takes one end of a connection away and builds it anew; the other end notices nothing. */
class TcpRepairTest {
  private static ByteBuffer text(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aConnectionIsRebuilt() {
    Fd server = Sockets.create(SocketAbi.AF_INET, SocketAbi.SOCK_STREAM, 0);
    Fd client = Sockets.create(SocketAbi.AF_INET, SocketAbi.SOCK_STREAM, 0);
    Sockets.bind(
        server, new SocketAddress.Inet(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    Sockets.listen(server, 1);
    Sockets.connect(client, Sockets.localAddress(server));
    Fd accepted = Sockets.accept(server);
    Fd rebuilt = Sockets.create(SocketAbi.AF_INET, SocketAbi.SOCK_STREAM, 0);
    try {
      Sockets.send(accepted, text("unread"), 0);
      assertThat(Poll.await(client, SocketAbi.POLLIN, Duration.ofSeconds(20))).isNotZero();
      try {
        TcpRepair.begin(client);
      } catch (LinuxException e) {
        assumeTrue(false, "TCP_REPAIR needs CAP_NET_ADMIN: " + e.getMessage());
      }
      SocketAddress local = Sockets.localAddress(client);
      SocketAddress remote = Sockets.remoteAddress(client);
      byte[] unread = TcpRepair.peek(client, TcpRepair.Queue.RECEIVE, 1 << 20);
      assertThat(unread).asString().isEqualTo("unread");
      assertThat(TcpRepair.peek(client, TcpRepair.Queue.SEND, 1 << 20)).isEmpty();
      int received = TcpRepair.sequence(client, TcpRepair.Queue.RECEIVE);
      int sent = TcpRepair.sequence(client, TcpRepair.Queue.SEND);
      TcpRepair.Window window = TcpRepair.window(client);
      int mss = Sockets.intOption(client, SocketAbi.IPPROTO_TCP, SocketAbi.TCP_MAXSEG);
      int clock = TcpRepair.timestamp(client);
      Descriptors.close(client); // in repair mode: no FIN

      TcpRepair.begin(rebuilt);
      Sockets.setOption(rebuilt, SocketAbi.SOL_SOCKET, SocketAbi.SO_REUSEADDR, 1);
      Sockets.bind(rebuilt, local);
      TcpRepair.setSequence(rebuilt, TcpRepair.Queue.SEND, sent);
      TcpRepair.setSequence(rebuilt, TcpRepair.Queue.RECEIVE, received - unread.length);
      Sockets.connect(rebuilt, remote);
      TcpRepair.setOptions(rebuilt, mss, 7, 7, true, true);
      TcpRepair.setTimestamp(rebuilt, clock);
      TcpRepair.fill(rebuilt, TcpRepair.Queue.RECEIVE, ByteBuffer.wrap(unread));
      TcpRepair.setWindow(rebuilt, window);
      TcpRepair.end(rebuilt);

      ByteBuffer into = ByteBuffer.allocate(100);
      assertThat(Sockets.receive(rebuilt, into, SocketAbi.MSG_DONTWAIT)).isEqualTo(6);
      Sockets.send(rebuilt, text("from the rebuilt end"), 0);
      assertThat(Sockets.receive(accepted, into, 0)).isEqualTo(20);
      Sockets.send(accepted, text("and back"), 0);
      assertThat(Sockets.receive(rebuilt, into, 0)).isEqualTo(8);
    } finally {
      Descriptors.close(rebuilt);
      Descriptors.close(accepted);
      Descriptors.close(server);
    }
  }
}

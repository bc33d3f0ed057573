package io.godwit.node.daemon;

import static io.godwit.node.daemon.LocalDaemons.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.core.NodeId;
import io.godwit.core.control.JoinToken;
import io.godwit.core.control.NodeView;
import io.godwit.engine.Engine;
import io.godwit.engine.StandardKinds;
import io.godwit.node.Configuration;
import io.godwit.node.migration.PhaseGate;
import io.godwit.node.security.Addresses;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many connections that say nothing, or nonsense, to both ports of a daemon. */
class PeerFloodTest {
  private static final int CONNECTIONS = 400;

  /** What the connections that may wait for their first frame can take, and as much again. */
  private static final long DIRECT_BYTES = 256L << 20;

  @TempDir Path directory;

  private Daemon start(String name, int pagePort) {
    return Daemon.start(
        Configuration.defaults(new NodeId(name), directory.resolve(name))
            .at("127.0.0.1:0", "127.0.0.1:0", pagePort),
        directory.resolve(name + ".sock"),
        new Engine(StandardKinds.all()),
        PhaseGate.OPEN,
        InstantSource.system());
  }

  private static int freePort() throws IOException {
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return any.getLocalPort();
    }
  }

  @Test
  void aFloodOfConnectionsIsSurvivedAndCutOff() throws Exception {
    int pagePort = freePort();
    List<SocketChannel> flood = new ArrayList<>();
    try (Daemon alpha = start("alpha", pagePort);
        Daemon beta = start("beta", 0)) {
      JoinToken token;
      var _ = alpha.operations().createCluster("flock");
      token = alpha.operations().createToken(Duration.ofMinutes(1));
      var _ = beta.operations().join(token.address(), token.token());
      await("beta hears alpha", () -> hears(beta));
      InetSocketAddress calls = Addresses.parse(token.address());
      InetSocketAddress pages = new InetSocketAddress(calls.getAddress(), pagePort);
      Random random = new Random(3);
      for (int i = 0; i < CONNECTIONS; i++) {
        flood.add(connection(calls, i, random));
        flood.add(connection(pages, i, random));
      }
      assertThat(direct()).as("bytes of direct memory").isLessThan(DIRECT_BYTES);
      // A newcomer still gets in, and is heard, while all of them hang on.
      JoinToken second = alpha.operations().createToken(Duration.ofMinutes(1));
      try (Daemon gamma = start("gamma", 0)) {
        var _ = gamma.operations().join(second.address(), second.token());
        await("gamma hears alpha", () -> hears(gamma));
        await("beta hears alpha", () -> hears(beta));
      }
      await("every connection is cut off", () -> flood.stream().allMatch(PeerFloodTest::ended));
      assertThat(hears(beta)).isTrue();
    } finally {
      for (SocketChannel each : flood) {
        each.close();
      }
    }
  }

  /** One says nothing, one nonsense, one the beginning of a TLS greeting. */
  private static SocketChannel connection(InetSocketAddress to, int number, Random random)
      throws IOException {
    SocketChannel channel = SocketChannel.open(to);
    byte[] nonsense = new byte[64];
    random.nextBytes(nonsense);
    byte[] greeting = {0x16, 3, 1, 2, 0, 1};
    try {
      switch (number % 3) {
        case 0 -> {}
        case 1 -> channel.write(ByteBuffer.wrap(nonsense));
        default -> channel.write(ByteBuffer.wrap(greeting));
      }
    } catch (IOException cutAlready) {
      assertThat(cutAlready).hasMessageNotContaining("timed out");
    }
    channel.configureBlocking(false);
    return channel;
  }

  private static boolean ended(SocketChannel channel) {
    try {
      ByteBuffer bytes = ByteBuffer.allocate(4096);
      int count;
      while ((count = channel.read(bytes)) > 0) {
        bytes.clear();
      }
      return count < 0;
    } catch (IOException reset) {
      return true;
    }
  }

  private static long direct() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  private static boolean hears(Daemon daemon) {
    return daemon.operations().nodes().stream()
        .filter(node -> node.name().equals("alpha"))
        .anyMatch(node -> node.state() == NodeView.State.READY);
  }
}

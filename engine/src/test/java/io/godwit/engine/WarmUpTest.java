package io.godwit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The warm-up in a process like a daemon: first of its PID namespace, with a listening socket. */
class WarmUpTest {
  @TempDir Path directory;

  /** Runs in the namespace. */
  static final class Inside {
    private Inside() {}

    public static void main(String[] arguments) throws Exception {
      UnixDomainSocketAddress address = UnixDomainSocketAddress.of(arguments[0]);
      try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
        listener.bind(address);
        boolean warm = new Engine(StandardKinds.all()).warmUp();
        // What the process had before is untouched: its socket still has its name.
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
          channel.connect(address);
          listener.accept().close();
        }
        long children = ProcessHandle.current().children().count();
        System.out.println(
            "pid %d, warm %s, children %d"
                .formatted(ProcessHandle.current().pid(), warm, children));
      }
    }
  }

  @Test
  void warmUpLeavesItsProcessAsItWas() throws Exception {
    Path unshare = Path.of("/usr/bin/unshare");
    Assumptions.assumeTrue(Files.isExecutable(unshare), "needs unshare of util-linux");
    Assumptions.assumeTrue(
        ProcessHandle.current().info().user().orElse("").equals("root"), "namespaces need root");
    Path out = directory.resolve("out");
    Process inside =
        new ProcessBuilder(
                List.of(
                    unshare.toString(),
                    "--pid",
                    "--fork",
                    "--kill-child",
                    "--mount-proc",
                    System.getProperty("java.home") + "/bin/java",
                    "-XX:TieredStopAtLevel=1",
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Inside.class.getName(),
                    directory.resolve("socket").toString()))
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    try {
      assertThat(inside.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      inside.destroyForcibly();
    }
    assertThat(Files.readString(out)).contains("pid 1, warm true, children 0");
    assertThat(inside.exitValue()).isZero();
  }
}

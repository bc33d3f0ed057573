package io.godwit.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import io.godwit.app.fixture.LocalNode;
import io.godwit.core.GodwitException;
import io.godwit.core.control.ControlChannel;
import io.godwit.core.control.ControlError;
import io.godwit.core.control.ControlLimits;
import io.godwit.core.control.ControlMessage;
import io.godwit.core.control.Frame;
import io.godwit.core.control.RunSpec;
import io.godwit.node.control.Caller;
import io.godwit.node.control.ControlServer;
import java.io.File;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the control server does with strangers, garbage and other users. */
@Timeout(60)
class ControlServerTest {
  private static final int OTHER_UID = 4242;

  @TempDir Path directory;
  private Path socket;
  private LocalNode node;
  private ControlServer server;

  @BeforeEach
  void startNode() throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    socket = directory.resolve("control.sock");
    node = new LocalNode();
    server = ControlServer.start(socket, node);
  }

  @AfterEach
  void stopNode() throws IOException {
    server.close();
    node.close();
  }

  private SocketChannel connect() throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(socket));
    return channel;
  }

  private ControlMessage.Failure failureFor(byte[] sent) throws IOException {
    try (SocketChannel raw = connect();
        ControlChannel channel = new ControlChannel(raw)) {
      raw.write(ByteBuffer.wrap(sent));
      raw.shutdownOutput();
      Frame frame = channel.read();
      assertThat(frame).isInstanceOf(Frame.Message.class);
      return (ControlMessage.Failure) ControlMessage.of(((Frame.Message) frame).json());
    }
  }

  private static byte[] frame(int length, int type, String payload) {
    byte[] text = payload.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(5 + text.length).putInt(length).put((byte) type).put(text).array();
  }

  private static byte[] message(String payload) {
    return frame(payload.getBytes(StandardCharsets.UTF_8).length, 1, payload);
  }

  @Test
  void oversizedAndUnknownFramesAreRefused() throws IOException {
    assertThat(failureFor(frame(ControlLimits.MAX_MESSAGE_BYTES + 1, 1, "")).code())
        .isEqualTo(ControlError.TOO_LARGE.code());
    assertThat(failureFor(frame(-1, 1, "")).code()).isEqualTo(ControlError.TOO_LARGE.code());
    assertThat(failureFor(frame(2, 9, "{}")).code()).isEqualTo(ControlError.BAD_MESSAGE.code());
    assertThat(failureFor(frame(9, 1, "{}")).code()).isEqualTo(ControlError.CUT_OFF.code());
  }

  @Test
  void badMessagesAreRefused() throws IOException {
    for (String text :
        List.of("", "[]", "{", "{}x", "{\"type\":1}", "{\"type\":\"request\"}", "nonsense")) {
      assertThat(failureFor(message(text)).code()).as(text).startsWith("GW-CONTROL-00");
    }
    String deep = "{\"type\":" + "[".repeat(100) + "]".repeat(100) + "}";
    assertThat(failureFor(message(deep)).code()).isEqualTo(ControlError.BAD_MESSAGE.code());
    assertThat(failureFor(message("{\"type\":\"event\",\"kind\":\"x\",\"data\":{}}")).code())
        .isEqualTo(ControlError.BAD_MESSAGE.code());
  }

  @Test
  void otherVersionsAndMethodsAreNamed() throws IOException {
    ControlMessage.Failure version =
        failureFor(message("{\"type\":\"request\",\"v\":99,\"method\":\"self\",\"params\":{}}"));
    assertThat(version.code()).isEqualTo(ControlError.VERSION.code());
    assertThat(version.why()).contains("version 99");
    ControlMessage.Failure method =
        failureFor(message("{\"type\":\"request\",\"v\":1,\"method\":\"fly\",\"params\":{}}"));
    assertThat(method.code()).isEqualTo(ControlError.UNKNOWN_METHOD.code());
    assertThat(method.why()).contains("'fly'");
  }

  @Test
  void randomBytesNeverHarmTheServer() throws IOException {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      byte[] bytes = new byte[random.nextInt(64)];
      random.nextBytes(bytes);
      try (SocketChannel raw = connect()) {
        raw.write(ByteBuffer.wrap(bytes));
      } catch (IOException closedEarly) {
        // The server hung up in the middle, as it may.
      }
    }
    ControlMessage.Request self = new ControlMessage.Request(1, "self", new JsonObject());
    try (ControlChannel channel = new ControlChannel(connect())) {
      channel.send(self);
      Frame answer = channel.read();
      assertThat(answer).isInstanceOf(Frame.Message.class);
      assertThat(((Frame.Message) answer).json().get("type").getAsString()).isEqualTo("result");
    }
  }

  @Test
  void aSecondServerOnTheSocketIsRefusedAndADeadOnesSocketReplaced() throws IOException {
    try {
      ControlServer.start(socket, node).close();
      throw new AssertionError("two servers on one socket");
    } catch (GodwitException e) {
      assertThat(e.code().code()).isEqualTo("GW-NODECTL-001");
    }
    Path stale = directory.resolve("stale.sock");
    Files.createFile(stale);
    ControlServer.start(stale, node).close();
    assertThat(stale).doesNotExist();
  }

  @Test
  void aUserActsOnTheirOwnProcessesOnly() throws Exception {
    assumeTrue(isRoot(), "needs root to become another user");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "needs setpriv of util-linux");
    node.run(new Caller(0, "root"), spec("mine"));
    node.run(new Caller(0, "root"), spec(LocalNode.FOREIGN));
    for (String[] line :
        new String[][] {
          {"signal", "mine"},
          {"wait", "mine"},
          {"logs", "mine"},
          {"attach", "-n", "mine"},
          {"migrate", "mine", "--to", "beta"}
        }) {
      assertThat(asOtherUser(line)).as(line[0]).startsWith("5 GW-CONTROL-006: 'mine'");
    }
    assertThat(asOtherUser("adopt", Long.toString(ProcessHandle.current().pid())))
        .startsWith("5 GW-CONTROL-006: ");
    assertThat(asOtherUser("init")).startsWith("5 GW-CONTROL-007: ");
    assertThat(asOtherUser("token")).startsWith("5 GW-CONTROL-007: ");
    assertThat(asOtherUser("run", "--user", "root", "id")).startsWith("5 GW-CONTROL-007: ");
    assertThat(asOtherUser("ps"))
        .startsWith("0 ")
        .contains(LocalNode.FOREIGN)
        .doesNotContain("mine");
    assertThat(asOtherUser("signal", LocalNode.FOREIGN, "KILL")).startsWith("0 ");
  }

  private static boolean isRoot() throws IOException {
    return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
  }

  private static RunSpec spec(String name) {
    return RunSpec.unattended(name, List.of("sleep", "60"), List.of(), "/");
  }

  /** Copies of what the command needs, where the other user may read them. */
  private String readableClassPath() throws IOException {
    StringBuilder paths = new StringBuilder();
    int number = 0;
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (entry.matches(".*/(app|cli|core|linux)/target/[^/]*|.*/(picocli|gson)-[^/]*")) {
        Path copy = directory.resolve("classes-" + number++);
        copyTree(Path.of(entry), copy);
        paths.append(copy).append(File.pathSeparator);
      }
    }
    return paths.toString();
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path target = to.resolve(from.relativize(file).toString());
        if (!Files.exists(target)) {
          Files.copy(file, target);
        }
      }
    }
  }

  private String asOtherUser(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "/usr/bin/setpriv",
                "--reuid=" + OTHER_UID,
                "--regid=" + OTHER_UID,
                "--clear-groups",
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                readableClassPath(),
                Main.class.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("GODWIT_SOCKET", socket.toString());
    builder.directory(Path.of("/").toFile());
    builder.redirectErrorStream(true).redirectInput(Path.of("/dev/null").toFile());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() + " " + output;
  }
}

package io.godwit.node.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.core.GodwitException;
import io.godwit.linux.Fd;
import io.godwit.linux.launch.FdCalls;
import io.godwit.linux.launch.TerminalCalls;
import io.godwit.linux.launch.TerminalCalls.WindowSize;
import io.godwit.node.home.ConsoleClient;
import io.godwit.node.home.ConsoleHome;
import io.godwit.node.home.ConsoleLog;
import io.godwit.node.home.ConsoleMessage;
import io.godwit.node.home.ConsoleStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Consoles of real programs, at home and as they move. Needs root and a cgroup v2 hierarchy. */
class ConsoleTest {
  @TempDir Path state;
  private PodRoom room;
  private ConsoleHome home;
  private final Recorder client = new Recorder();

  /** Keeps what a client is given. */
  static final class Recorder implements ConsoleClient {
    private final StringBuilder text = new StringBuilder();
    private final CountDownLatch ended = new CountDownLatch(1);

    @Override
    public synchronized void output(ConsoleStream stream, byte[] bytes) {
      text.append(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    @Override
    public void ended(ConsoleStream stream) {
      if (stream == ConsoleStream.OUTPUT) {
        ended.countDown();
      }
    }

    synchronized String text() {
      return text.toString();
    }
  }

  @BeforeEach
  void open() {
    Assumptions.assumeTrue(
        ProcessHandle.current().info().user().orElse("").equals("root"), "pods need root");
    room = new PodRoom(state);
    home = new ConsoleHome(new ConsoleLog(state.resolve("log"), 1 << 20));
  }

  @AfterEach
  void close() throws Exception {
    if (room != null) {
      for (Pod pod : room.all()) {
        pod.kill();
        pod.ended().get(20, TimeUnit.SECONDS);
      }
      room.close();
      home.close();
    }
  }

  private ConsoleRelay connected(ConsoleRelay relay) {
    home.connect(relay::receive);
    relay.connect(home::receive);
    return relay;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void inputGoesInAndOutputComesOutToTheLastByte() throws Exception {
    Pod pod = room.create(PodRoomTest.shell("cat", "cat; echo done >&2"));
    try (ConsoleRelay relay = connected(ConsoleRelay.of(pod));
        ConsoleHome.Attachment attached = home.attach(client, true, Long.MAX_VALUE)) {
      byte[] random = new byte[3 << 20];
      new Random(1).nextBytes(random);
      attached.input(random);
      attached.endInput();

      assertThat(client.ended.await(20, TimeUnit.SECONDS)).isTrue();
      relay.finished().get(20, TimeUnit.SECONDS);
      await(() -> client.text().length() >= random.length + 5);
      assertThat(client.text().replace("done\n", ""))
          .isEqualTo(new String(random, StandardCharsets.ISO_8859_1));
    }
  }

  @Test
  void aTerminalTakesInputWindowSizeAndHangUp() throws Exception {
    Pod pod =
        room.create(
            terminal(
                "tty",
                "trap 'stty size' WINCH; trap 'echo hung; exit 4' HUP; echo ready;"
                    + " while :; do read line && echo got $line; done"));
    try (ConsoleRelay relay = connected(ConsoleRelay.of(pod));
        ConsoleHome.Attachment attached = home.attach(client, true, 0)) {
      await(() -> client.text().contains("ready"));
      attached.input(ascii("word\r"));
      await(() -> client.text().contains("got word\r\n"));
      attached.window(new WindowSize(50, 132, 0, 0));
      attached.input(ascii("more\r"));
      await(() -> client.text().contains("50 132"));
      attached.hangUp();
      assertThat(pod.mainStatus().get(20, TimeUnit.SECONDS)).isEqualTo(4 << 8);
      relay.finished().get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void aClosedOutputIsABrokenPipeForTheProgram() throws Exception {
    Pod pod = room.create(PodRoomTest.shell("yes", "exec yes"));
    try (ConsoleRelay relay = connected(ConsoleRelay.of(pod));
        ConsoleHome.Attachment attached = home.attach(client, true, 0)) {
      await(() -> client.text().contains("y\ny\n"));
      attached.closeOutput(ConsoleStream.OUTPUT);
      assertThat(pod.mainStatus().get(20, TimeUnit.SECONDS)).isEqualTo(13);
    }
  }

  @Test
  void theClientWithTheInputHoldsTheProgramUp() throws Exception {
    Pod pod = room.create(PodRoomTest.shell("flood", "exec yes"));
    CountDownLatch release = new CountDownLatch(1);
    ConsoleClient slow =
        new ConsoleClient() {
          @Override
          public void output(ConsoleStream stream, byte[] bytes) {
            try {
              release.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }

          @Override
          public void ended(ConsoleStream stream) {}
        };
    try (ConsoleRelay relay = connected(ConsoleRelay.of(pod));
        ConsoleHome.Attachment attached = home.attach(slow, true, 0)) {
      assertThatThrownBy(() -> home.attach(client, true, 0))
          .isInstanceOf(GodwitException.class)
          .hasMessageContaining("GW-HOME-002");
      await(() -> home.logEnd() > 256 << 10);
      long[] last = {-1, System.nanoTime()};
      await(
          () -> {
            long end = home.logEnd();
            if (end != last[0]) {
              last[0] = end;
              last[1] = System.nanoTime();
            }
            return System.nanoTime() - last[1] > 300_000_000L;
          });
      assertThat(last[0]).isLessThan(3 << 20);
      release.countDown();
      await(() -> home.logEnd() > last[0] + (4 << 20));
    }
  }

  /**
   * What a move takes of a console. Taking it changes nothing: two that follow each other are the
   * same, once the home's word has come that it has the output.
   */
  private static ConsoleState taken(ConsoleRelay relay) throws InterruptedException {
    byte[][] last = {relay.suspend().toBytes(), new byte[0]};
    await(
        () -> {
          last[1] = last[0];
          try {
            last[0] = relay.suspend().toBytes();
          } catch (InterruptedException stopping) {
            throw new IllegalStateException(stopping);
          }
          return Arrays.equals(last[0], last[1]);
        });
    return ConsoleState.of(last[0]);
  }

  @Test
  void nothingOfAPipeIsLostOrDoubledByAMove() throws Exception {
    Pod source = room.create(PodRoomTest.shell("src", "dd bs=1 count=10 2>/dev/null; sleep 100"));
    String all = "0123456789" + "abcdefghij".repeat(5000);
    try (ConsoleRelay before = connected(ConsoleRelay.of(source));
        ConsoleHome.Attachment attached = home.attach(client, true, 0)) {
      attached.input(ascii(all));
      attached.endInput();
      await(() -> client.text().equals("0123456789"));
      source.cgroup().freeze();
      ConsoleState carried = taken(before);
      source.relinquish();

      Pod destination = room.create(PodRoomTest.shell("dst", "cat; echo end"));
      try (ConsoleRelay after = connected(ConsoleRelay.restored(destination, carried))) {
        after.resume();
        assertThat(client.ended.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(client.text()).isEqualTo(all + "end\n");
      }
    }
  }

  @Test
  void outputThatTheHomeDidNotGetTravelsWithTheProgram() throws Exception {
    Pod source = room.create(PodRoomTest.shell("src", "echo first; echo second >&2; sleep 100"));
    ConsoleState carried;
    try (ConsoleRelay before = ConsoleRelay.of(source)) { // no way home
      await(() -> suspendedOutput(before, source).equals("first\nsecond\n"));
      source.cgroup().freeze();
      carried = ConsoleState.of(before.suspend().toBytes());
      source.relinquish();
    }
    Pod destination = room.create(PodRoomTest.shell("dst", "echo third"));
    try (ConsoleRelay after = connected(ConsoleRelay.restored(destination, carried));
        ConsoleHome.Attachment attached = home.attach(client, false, 0)) {
      after.resume();
      assertThat(client.ended.await(20, TimeUnit.SECONDS)).isTrue();
      await(() -> client.text().length() == "first\nsecond\nthird\n".length());
      assertThat(client.text().replace("second\n", "")).isEqualTo("first\nthird\n");
    }
  }

  private static String suspendedOutput(ConsoleRelay relay, Pod pod) {
    try {
      pod.cgroup().freeze();
      ConsoleState state = relay.suspend();
      relay.resume();
      pod.cgroup().thaw();
      return text(state.output().unaccepted()) + text(state.error().unaccepted());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  @Test
  void aTerminalsUnreadInputAndAttributesMove() throws Exception {
    Pod source =
        room.create(
            terminal("src", "stty -echo erase ^H; echo ready; read line; echo A:$line; sleep 100"));
    try (ConsoleRelay before = connected(ConsoleRelay.of(source));
        ConsoleHome.Attachment attached = home.attach(client, true, 0)) {
      await(() -> client.text().contains("ready"));
      attached.input(ascii("one\rtwo\rthr"));
      await(() -> client.text().contains("A:one"));
      source.cgroup().freeze();
      before.suspend();
      before.resume(); // undone: it is as it was
      ConsoleState carried = ConsoleState.of(before.suspend().toBytes());
      assertThat(carried.input().unread()).hasSize(2);
      assertThat(carried.terminal().orElseThrow().foregroundGroup()).isEqualTo(2);
      source.relinquish();

      Pod destination =
          room.create(terminal("dst", "read a; echo B:$a; read b; echo C:$b; stty -a; stty size"));
      destination.cgroup().freeze();
      try (ConsoleRelay after = connected(ConsoleRelay.restored(destination, carried))) {
        destination.cgroup().thaw();
        after.resume();
        await(() -> client.text().contains("B:two"));
        attached.input(ascii("x\bee\r"));
        await(() -> client.text().contains("24 80"));
        assertThat(client.text())
            .startsWith("ready\r\nA:one\r\nB:two\r\nC:three\r\n")
            .contains("erase = ^H", "-echo ");
      }
    }
  }

  @Test
  void aLineDisciplinesContentsGoFromOneTerminalToAnother() {
    try (Terminal from = new Terminal();
        Terminal to = new Terminal()) {
      byte[] attributes = TerminalCalls.attributes(from.master);
      FdCalls.write(from.master, ascii("line\rhalf\u0004\u0004nex"), 0, 14);
      await(() -> FdCalls.poll(List.of(new FdCalls.Interest(from.slave, 1)), 0)[0] != 0);
      await(() -> TerminalCalls.readable(from.slave) >= 9);
      byte[] echo = new byte[100];
      await(() -> FdCalls.read(from.master, echo) == FdCalls.NOTHING);

      List<ConsoleState.Piece> taken = TerminalInput.take(from.master, from.slave);
      List<ConsoleState.Piece> rest = TerminalInput.put(to.master, taken, attributes);

      assertThat(rest).isEmpty();
      assertThat(TerminalCalls.attributes(to.master)).isEqualTo(attributes);
      List<ConsoleState.Piece> again = TerminalInput.take(to.master, to.slave);
      assertThat(again).hasSameSizeAs(taken).hasSize(4);
      for (int i = 0; i < again.size(); i++) {
        assertThat(again.get(i).bytes()).isEqualTo(taken.get(i).bytes());
        assertThat(again.get(i).endsWithEndOfFile()).isEqualTo(taken.get(i).endsWithEndOfFile());
      }
      assertThat(text(taken.get(3).bytes())).isEqualTo("nex");
    }
  }

  private static final class Terminal implements AutoCloseable {
    final Fd master = FdCalls.open("/dev/ptmx", FdCalls.O_RDWR | FdCalls.O_NOCTTY | 0x800);
    final Fd slave;

    Terminal() {
      TerminalCalls.unlock(master);
      slave =
          FdCalls.open(
              "/dev/pts/" + TerminalCalls.slaveNumber(master),
              FdCalls.O_RDWR | FdCalls.O_NOCTTY | FdCalls.O_NONBLOCK);
    }

    @Override
    public void close() {
      FdCalls.close(slave);
      FdCalls.close(master);
    }
  }

  @Test
  void damagedStatesAndMessagesAreRefused() {
    ConsoleState.Output none = new ConsoleState.Output(0, false, new byte[0]);
    byte[] good =
        new ConsoleState(
                java.util.Optional.of(
                    new ConsoleState.TerminalState(new byte[36], WindowSize.USUAL, 2)),
                none,
                none,
                new ConsoleState.Input(
                    3, true, List.of(new ConsoleState.Piece(ascii("abc"), true)), ascii("d")))
            .toBytes();
    for (int length = 0; length < good.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(good, length);
      assertThatThrownBy(() -> ConsoleState.of(cut))
          .isInstanceOf(GodwitException.class)
          .hasMessageContaining("GW-POD-011");
    }
    List<ConsoleMessage> messages =
        List.of(
            new ConsoleMessage.Data(ConsoleStream.ERROR, 7, ascii("x")),
            new ConsoleMessage.Closed(ConsoleStream.OUTPUT, 9),
            new ConsoleMessage.Accepted(ConsoleStream.INPUT, 9),
            new ConsoleMessage.Window(WindowSize.USUAL),
            new ConsoleMessage.HangUp(),
            new ConsoleMessage.Opened(8));
    for (ConsoleMessage message : messages) {
      assertThat(ConsoleMessage.of(message.toBytes())).isEqualTo(message);
      assertThatThrownBy(() -> ConsoleMessage.of(java.util.Arrays.copyOf(message.toBytes(), 11)))
          .isInstanceOf(GodwitException.class);
    }
  }

  private static PodSpec terminal(String id, String script) {
    return new PodSpec(
        id,
        "pod-" + id,
        false,
        new PodSpec.Console.Terminal(WindowSize.USUAL),
        TimeOffsets.here(),
        PodRoomTest.program(script));
  }

  private static void await(BooleanSupplier condition) {
    PodRoomTest.eventually(condition);
  }
}

package io.godwit.node.home;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsoleHomeTest {
  @TempDir Path directory;

  @Test
  void whatComesTwiceOrEarlyIsLoggedOnceAndInOrder() {
    List<ConsoleMessage> sent = new ArrayList<>();
    try (ConsoleHome home = new ConsoleHome(new ConsoleLog(directory, 1 << 20))) {
      home.connect(sent::add);
      home.receive(data(6, "world"));
      home.receive(data(0, "hel"));
      home.receive(data(0, "hello "));
      home.receive(data(3, "lo w"));
      home.receive(new ConsoleMessage.Closed(ConsoleStream.OUTPUT, 11));

      assertThat(logged(home.readLog(0, 1000))).isEqualTo("hello world");
      assertThat(sent.getLast()).isEqualTo(new ConsoleMessage.Accepted(ConsoleStream.OUTPUT, 11));
    }
    try (ConsoleHome again = new ConsoleHome(new ConsoleLog(directory, 1 << 20))) {
      again.receive(data(6, "world!"));
      assertThat(logged(again.readLog(0, 1000))).isEqualTo("hello world!");
    }
  }

  @Test
  void inputIsSentAgainToWhereTheProgramIsNow() throws Exception {
    List<ConsoleMessage> old = new ArrayList<>();
    List<ConsoleMessage> now = new ArrayList<>();
    try (ConsoleHome home = new ConsoleHome(new ConsoleLog(directory, 1 << 20));
        ConsoleHome.Attachment client = home.attach(new Deaf(), true, 0)) {
      home.connect(old::add);
      client.input(new byte[] {1, 2, 3});
      client.input(new byte[] {4, 5});
      home.receive(new ConsoleMessage.Accepted(ConsoleStream.INPUT, 3));
      home.connect(now::add);
      home.receive(new ConsoleMessage.Opened(3));
      client.endInput();

      assertThat(now)
          .contains(
              new ConsoleMessage.Data(ConsoleStream.INPUT, 3, new byte[] {4, 5}),
              new ConsoleMessage.Closed(ConsoleStream.INPUT, 5))
          .doesNotContain(new ConsoleMessage.Data(ConsoleStream.INPUT, 0, new byte[] {1, 2, 3}));
    }
  }

  @Test
  void theLogKeepsTheNewestWithinItsSizeAndForgetsAHalfWrittenRecord() throws Exception {
    long limit = 4000;
    try (ConsoleLog log = new ConsoleLog(directory, limit)) {
      for (int i = 0; i < 1000; i++) {
        log.append(
            ConsoleStream.OUTPUT,
            i * 10L,
            "%09d\n".formatted(i).getBytes(StandardCharsets.US_ASCII),
            Instant.EPOCH);
      }
      assertThat(logged(log.read(0, 1 << 20))).endsWith("000000999\n").hasSizeGreaterThan(500);
      assertThat(log.start()).isPositive();
    }
    List<Path> files;
    try (Stream<Path> list = Files.list(directory)) {
      files = list.sorted().toList();
    }
    assertThat(files.stream().mapToLong(f -> f.toFile().length()).sum()).isLessThanOrEqualTo(limit);
    Path newest = files.getLast();
    byte[] whole = Files.readAllBytes(newest);
    Files.write(newest, java.util.Arrays.copyOf(whole, whole.length - 4));
    try (ConsoleLog log = new ConsoleLog(directory, limit)) {
      assertThat(log.endOf(ConsoleStream.OUTPUT)).isEqualTo(9990);
      log.append(
          ConsoleStream.OUTPUT, 9990, "again\n".getBytes(StandardCharsets.US_ASCII), Instant.EPOCH);
      assertThat(logged(log.read(log.start(), 1 << 20))).endsWith("000000998\nagain\n");
    }
  }

  private static final class Deaf implements ConsoleClient {
    @Override
    public void output(ConsoleStream stream, byte[] bytes) {}

    @Override
    public void ended(ConsoleStream stream) {}
  }

  private static ConsoleMessage data(long position, String text) {
    return new ConsoleMessage.Data(
        ConsoleStream.OUTPUT, position, text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String logged(List<ConsoleLog.Entry> entries) {
    return entries.stream()
        .map(entry -> new String(entry.bytes(), StandardCharsets.US_ASCII))
        .collect(Collectors.joining());
  }
}

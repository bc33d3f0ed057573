package io.godwit.linux.descriptor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.core.Pid;
import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.abi.FileAbi;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each call against the kernel that runs the test. */
class DescriptorCallsTest {
  private final List<Fd> open = new ArrayList<>();

  @AfterEach
  void closeAll() {
    open.forEach(Descriptors::close);
  }

  private Fd keep(Fd fd) {
    open.add(fd);
    return fd;
  }

  private static int self() {
    return (int) ProcessHandle.current().pid();
  }

  @Test
  void peeksIntoStreamPipe() {
    Pipes.Ends pipe = Pipes.create(0);
    keep(pipe.reading());
    keep(pipe.writing());
    Pipes.setCapacity(pipe.reading(), 1 << 17);
    byte[] data = new byte[100_000];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) (i * 31);
    }
    FileBytes.write(pipe.writing(), data);

    assertThat(Pipes.join(Pipes.peek(pipe.reading()))).isEqualTo(data);
    assertThat(Pipes.waiting(pipe.reading())).isEqualTo(data.length);
    assertThat(Pipes.capacity(pipe.writing())).isEqualTo(1 << 17);
  }

  @Test
  void peeksIntoPacketPipe() {
    Pipes.Ends pipe = Pipes.create(FileAbi.O_DIRECT);
    keep(pipe.reading());
    keep(pipe.writing());
    FileBytes.write(pipe.writing(), "one".getBytes(UTF_8));
    FileBytes.write(pipe.writing(), "three".getBytes(UTF_8));

    assertThat(Pipes.peek(pipe.reading()))
        .containsExactly("one".getBytes(UTF_8), "three".getBytes(UTF_8));
  }

  @Test
  void fetchesAndComparesDescriptors() {
    Fd process = keep(ProcessDescriptors.ofProcess(new Pid(self())));
    Fd original = keep(Descriptors.open("/proc/self/status", FileAbi.O_RDONLY));
    Fd other = keep(Descriptors.open("/proc/self/status", FileAbi.O_RDONLY));
    Fd fetched = keep(ProcessDescriptors.fetch(process, original.number()));
    Descriptors.seek(original, 7, FileAbi.SEEK_SET);

    assertThat(Descriptors.seek(fetched, 0, FileAbi.SEEK_CUR)).isEqualTo(7);
    assertThat(Kcmp.compareFiles(self(), original.number(), self(), fetched.number())).isZero();
    int order = Kcmp.compareFiles(self(), original.number(), self(), other.number());
    assertThat(order).isNotZero();
    assertThat(Kcmp.compareFiles(self(), other.number(), self(), original.number()))
        .isEqualTo(-order);
    assertThat(Descriptors.status(fetched).sameFile(Descriptors.status(other))).isTrue();
    assertThat(Kcmp.same(Kcmp.Shared.DESCRIPTOR_TABLE, self(), self())).isTrue();
    int parent = (int) ProcessHandle.current().parent().orElseThrow().pid();
    assertThat(Kcmp.same(Kcmp.Shared.DESCRIPTOR_TABLE, self(), parent)).isFalse();
  }

  @Test
  void peeksIntoSocketsOfEachType() {
    for (int type : new int[] {Sockets.SOCK_STREAM, Sockets.SOCK_DGRAM, Sockets.SOCK_SEQPACKET}) {
      Sockets.Pair pair = Sockets.pair(type);
      keep(pair.first());
      keep(pair.second());
      Sockets.send(pair.first(), "alpha".getBytes(UTF_8));
      Sockets.send(pair.first(), "be".getBytes(UTF_8));

      Sockets.Queue queue = Sockets.peek(pair.second(), 1000);
      assertThat(new String(Sockets.join(queue), UTF_8)).isEqualTo("alphabe");
      if (type != Sockets.SOCK_STREAM) {
        assertThat(queue.messages()).hasSize(2);
      }
      assertThat(queue.descriptors()).isFalse();
      assertThat(Sockets.option(pair.second(), Sockets.SOL_SOCKET, Sockets.SO_PEEK_OFF))
          .isEqualTo(-1);
      assertThat(new String(FileBytes.read(pair.second(), 5), UTF_8)).isEqualTo("alpha");
    }
  }

  @Test
  void passesDescriptorsAndSeesThemInTheQueue() {
    Sockets.Pair pair = Sockets.pair(Sockets.SOCK_STREAM);
    keep(pair.first());
    keep(pair.second());
    Fd file = keep(FileBytes.memoryFile("godwit-test", 0));
    Sockets.sendRights(pair.first(), List.of(file, file));

    assertThat(Sockets.peek(pair.second(), 100).descriptors()).isTrue();
    List<Fd> got = Sockets.receiveRights(pair.second());
    got.forEach(this::keep);
    assertThat(got).hasSize(2);
    assertThat(Descriptors.status(got.get(1)).sameFile(Descriptors.status(file))).isTrue();
  }

  @Test
  void diagnosesPeersOfUnixSockets() {
    Sockets.Pair pair = Sockets.pair(Sockets.SOCK_STREAM);
    keep(pair.first());
    keep(pair.second());
    Sockets.send(pair.first(), new byte[11]);
    Sockets.shutdown(pair.first(), 1);
    int first = (int) Descriptors.status(pair.first()).inode();
    int second = (int) Descriptors.status(pair.second()).inode();

    var all = UnixDiagnosis.all();
    UnixDiagnosis.UnixSocket socket = all.get(second);
    assertThat(socket).isNotNull();
    assertThat(socket.peer()).isEqualTo(first);
    assertThat(socket.receiveQueue()).isEqualTo(11);
    assertThat(socket.shutdown()).isEqualTo(1);
    assertThat(all.get(first).shutdown()).isEqualTo(2);
    assertThat(Namespaces.inNetwork("/proc/self/ns/net", UnixDiagnosis::all)).containsKey(first);
  }

  @Test
  void armsTimers() {
    Fd timer = keep(EventDescriptors.timer(1, FileAbi.O_NONBLOCK));
    EventDescriptors.setTimer(timer, 0, new IntervalTime(5_000_000_000L, 90_000_000_123L));

    IntervalTime time = EventDescriptors.timerTime(timer);
    assertThat(time.intervalNanos()).isEqualTo(5_000_000_000L);
    assertThat(time.valueNanos()).isBetween(60_000_000_000L, 90_000_000_123L);
    EventDescriptors.setTimerTicks(timer, 3);
    assertThat(ByteBuffer.wrap(FileBytes.read(timer, 8)).order(ByteOrder.nativeOrder()).getLong())
        .isEqualTo(3);
    assertThat(IntervalTime.of(time.bytes())).isEqualTo(time);
  }

  @Test
  void watchesUnderGivenNumber(@TempDir Path directory) throws Exception {
    Fd inotify = keep(EventDescriptors.inotify(0));
    EventDescriptors.watch(inotify, 17, directory.toString(), 0x100);
    Files.createFile(directory.resolve("new"));

    assertThat(EventDescriptors.waiting(inotify)).isPositive();
    assertThat(Files.readString(Path.of("/proc/self/fdinfo/" + inotify.number())))
        .contains("inotify wd:11 ");
  }

  @Test
  void countsEventsAsSemaphore() {
    Fd event = keep(EventDescriptors.event(EventDescriptors.EFD_SEMAPHORE));
    FileBytes.write(
        event, ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(41).array());
    assertThat(FileBytes.read(event, 8)[0]).isEqualTo((byte) 1);
  }
}

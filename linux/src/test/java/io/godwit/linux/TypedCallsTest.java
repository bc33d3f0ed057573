package io.godwit.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.core.Pid;
import io.godwit.core.Tid;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.abi.NamespaceAbi;
import io.godwit.linux.abi.SocketAbi;
import io.godwit.linux.abi.TaskAbi;
import io.godwit.linux.proc.FdDetail;
import io.godwit.linux.proc.ProcFs;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The typed calls against the running kernel. */
class TypedCallsTest {
  private static final Pid SELF = new Pid((int) ProcessHandle.current().pid());

  private static ByteBuffer text(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void filesByDescriptor(@TempDir Path dir) throws Exception {
    String path = dir.resolve("f").toString();
    try (OwnedFd fd = OwnedFd.of(Descriptors.open(path, FileAbi.O_RDWR | FileAbi.O_CREAT, 0640))) {
      Descriptors.writeFully(fd.fd(), text("hello world"));
      Descriptors.write(fd.fd(), text("J"), 0);
      assertThat(Files.readString(Path.of(path))).isEqualTo("Jello world");
      assertThat(Descriptors.seek(fd.fd(), 6, FileAbi.SEEK_SET)).isEqualTo(6);
      assertThat(new String(Descriptors.readAll(fd.fd(), 100), StandardCharsets.UTF_8))
          .isEqualTo("world");
      ByteBuffer direct = ByteBuffer.allocateDirect(3);
      assertThat(Descriptors.read(fd.fd(), direct, 1)).isEqualTo(3);
      assertThat(direct.flip().get()).isEqualTo((byte) 'e');
      FileStatus status = Descriptors.status(fd.fd());
      assertThat(status.isRegular()).isTrue();
      assertThat(status.size()).isEqualTo(11);
      assertThat(status.sameFile(Descriptors.status(path))).isTrue();
      assertThat(status.device().devT())
          .isEqualTo(((Number) Files.getAttribute(Path.of(path), "unix:dev")).longValue());
      assertThat(DeviceNumber.ofDevT(status.device().devT())).isEqualTo(status.device());
      Fd copy = Descriptors.duplicate(fd.fd(), 700);
      assertThat(copy.number()).isGreaterThanOrEqualTo(700);
      assertThat(Kcmp.compareFiles(SELF.mainThread(), fd.fd(), SELF.mainThread(), copy)).isZero();
      Descriptors.setCloseOnExec(copy, false);
      assertThat(Descriptors.isCloseOnExec(copy)).isFalse();
      assertThat(Descriptors.isCloseOnExec(fd.fd())).isTrue();
      Descriptors.close(copy);
      Descriptors.truncate(fd.fd(), 2);
      assertThat(Descriptors.status(fd.fd()).size()).isEqualTo(2);
    }
    assertThat(Descriptors.list(dir.toString()))
        .singleElement()
        .satisfies(e -> assertThat(e.name()).isEqualTo("f"));
    assertThatThrownBy(() -> Descriptors.open(path + "/x", FileAbi.O_RDONLY))
        .isInstanceOfSatisfying(LinuxException.class, e -> assertThat(e.is(Errno.ENOTDIR)).isTrue())
        .hasMessageContaining(path + "/x");
    assertThatThrownBy(() -> Descriptors.readFile("/proc/self/maps", 10))
        .isInstanceOfSatisfying(LinuxException.class, e -> assertThat(e.is(Errno.EFBIG)).isTrue());
  }

  @Test
  void pipesTeeAndSplice() {
    Pipes.Ends a = Pipes.create(0);
    Pipes.Ends b = Pipes.create(FileAbi.O_NONBLOCK);
    try {
      Descriptors.writeFully(a.write(), text("12345"));
      assertThat(Descriptors.available(a.read())).isEqualTo(5);
      assertThat(Pipes.tee(a.read(), b.write(), 1 << 16)).isEqualTo(5);
      assertThat(Descriptors.available(a.read())).isEqualTo(5);
      assertThat(Pipes.splice(a.read(), b.write(), 2)).isEqualTo(2);
      assertThat(Descriptors.available(a.read())).isEqualTo(3);
      assertThat(Descriptors.available(b.read())).isEqualTo(7);
      assertThat(Pipes.setCapacity(a.write(), 100_000)).isEqualTo(131072);
      assertThat(Pipes.capacity(a.read())).isEqualTo(131072);
      assertThat(Pipes.tee(b.read(), b.write(), 0)).isZero();
    } finally {
      for (Fd fd : List.of(a.read(), a.write(), b.read(), b.write())) {
        Descriptors.close(fd);
      }
    }
  }

  @Test
  void descriptorsOverASocketPair() {
    UnixSockets.Pair pair = UnixSockets.pair(SocketAbi.SOCK_STREAM);
    Pipes.Ends pipe = Pipes.create(0);
    try {
      List<Fd> sent = List.of(pipe.read(), pipe.write(), pipe.write());
      assertThat(UnixSockets.send(pair.first(), text("x"), sent)).isEqualTo(1);
      ByteBuffer into = ByteBuffer.allocate(10);
      UnixSockets.Received received = UnixSockets.receive(pair.second(), into, 0);
      assertThat(received.bytes()).isEqualTo(1);
      assertThat(received.truncated()).isFalse();
      assertThat(received.descriptors()).hasSize(3).doesNotContainAnyElementsOf(sent);
      Descriptors.writeFully(received.descriptors().get(2), text("through"));
      assertThat(Descriptors.available(pipe.read())).isEqualTo(7);
      assertThat(received.descriptors()).allMatch(Descriptors::isCloseOnExec);
      received.descriptors().forEach(Descriptors::close);
      assertThat(UnixSockets.peer(pair.first()).pid()).isEqualTo(SELF.number());
      Descriptors.close(pair.first());
      assertThat(UnixSockets.receive(pair.second(), into, 0).bytes()).isZero();
    } finally {
      Descriptors.close(pair.second());
      Descriptors.close(pipe.read());
      Descriptors.close(pipe.write());
    }
  }

  @Test
  void pidfds() throws Exception {
    Process child = new ProcessBuilder("sleep", "60").start();
    Pid pid = new Pid((int) child.pid());
    try (OwnedFd pidfd = OwnedFd.of(Pidfds.open(pid))) {
      assertThat(Pidfds.hasEnded(pidfd.fd())).isFalse();
      Fd stdin = Pidfds.get(pidfd.fd(), new Fd(0));
      assertThat(Descriptors.status(stdin).isPipe()).isTrue();
      Descriptors.close(stdin);
      assertThat(((FdDetail.Pidfd) ProcFs.host().self().fdInfo(pidfd.fd()).detail()).pid())
          .isEqualTo(pid.number());
      Pidfds.signal(pidfd.fd(), 9);
      assertThat(Pidfds.awaitEnd(pidfd.fd(), Duration.ofSeconds(20))).isTrue();
    } finally {
      child.destroyForcibly().waitFor();
    }
  }

  @Test
  void memfdsAndSeals() {
    try (OwnedFd fd = OwnedFd.of(Memfds.create("a memfd", TaskAbi.MFD_ALLOW_SEALING))) {
      Descriptors.writeFully(fd.fd(), text("abc"));
      assertThat(Memfds.seals(fd.fd())).isZero();
      Memfds.addSeals(fd.fd(), 0x8);
      assertThat(Memfds.seals(fd.fd())).isEqualTo(0x8);
      assertThatThrownBy(() -> Descriptors.write(fd.fd(), text("x")))
          .isInstanceOfSatisfying(
              LinuxException.class, e -> assertThat(e.is(Errno.EPERM)).isTrue());
    }
  }

  @Test
  void pseudoTerminals() {
    assumeTrue(Files.exists(Path.of("/dev/ptmx")), "no /dev/ptmx");
    Terminals.Pty pty = Terminals.openPty("/dev");
    try {
      Terminals.setWindowSize(pty.master(), new Terminals.WindowSize(30, 100, 1, 2));
      assertThat(Terminals.windowSize(pty.slave()))
          .isEqualTo(new Terminals.WindowSize(30, 100, 1, 2));
      Terminals.Modes modes = Terminals.modes(pty.slave());
      assertThat(modes.isCanonical()).isTrue();
      assertThat(modes.echoes()).isTrue();
      Terminals.setModes(pty.slave(), modes.raw());
      assertThat(Terminals.modes(pty.slave())).isEqualTo(modes.raw()).isNotEqualTo(modes);
      Descriptors.writeFully(pty.slave(), text("a\n"));
      ByteBuffer into = ByteBuffer.allocate(10);
      assertThat(Descriptors.read(pty.master(), into)).isEqualTo(2);
      assertThat(Terminals.foregroundGroup(pty.master())).isZero();
      assertThat(ProcFs.host().self().fdInfo(pty.master()).detail())
          .isEqualTo(new FdDetail.TerminalMaster(pty.number()));
      assertThat(Terminals.isTerminal(pty.slave())).isTrue();
      Terminals.setPacketMode(pty.master(), true);
      assertThat(Terminals.packetMode(pty.master())).isTrue();
    } finally {
      Descriptors.close(pty.slave());
      Descriptors.close(pty.master());
    }
  }

  @Test
  void socketsAndTheirOptions() {
    Fd server = Sockets.create(SocketAbi.AF_INET, SocketAbi.SOCK_STREAM, 0);
    Fd client = Sockets.create(SocketAbi.AF_INET, SocketAbi.SOCK_STREAM, 0);
    try {
      Sockets.setOption(server, SocketAbi.SOL_SOCKET, SocketAbi.SO_REUSEADDR, 1);
      assertThat(Sockets.intOption(server, SocketAbi.SOL_SOCKET, SocketAbi.SO_REUSEADDR))
          .isEqualTo(1);
      Sockets.bind(
          server,
          new SocketAddress.Inet(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
      Sockets.listen(server, 5);
      Sockets.connect(client, Sockets.localAddress(server));
      Fd accepted = Sockets.accept(server);
      assertThat(Sockets.remoteAddress(accepted)).isEqualTo(Sockets.localAddress(client));
      Sockets.send(client, text("ping"), 0);
      ByteBuffer into = ByteBuffer.allocate(10);
      assertThat(Sockets.receive(accepted, into, 0)).isEqualTo(4);
      Descriptors.close(accepted);
    } finally {
      Descriptors.close(server);
      Descriptors.close(client);
    }
    String name = "\0godwit-linux-test-" + SELF;
    Fd unix = Sockets.create(SocketAbi.AF_UNIX, SocketAbi.SOCK_STREAM, 0);
    Sockets.bind(unix, new SocketAddress.Unix(name));
    assertThat(Sockets.localAddress(unix)).isEqualTo(new SocketAddress.Unix(name));
    Descriptors.close(unix);
  }

  @Test
  void namespacesOfAThread() {
    assumeTrue(canUnshare(), "namespaces need CAP_SYS_ADMIN");
    long outside = Namespaces.identity(Namespaces.openOwn("net"));
    Fd net = Namespaces.createNetwork();
    try {
      assertThat(Namespaces.identity(net)).isNotEqualTo(outside);
      assertThat(Namespaces.type(net)).isEqualTo(NamespaceAbi.CLONE_NEWNET);
      List<String> devices =
          Namespaces.inside(
              net,
              () ->
                  ProcFs.host().currentThread().netDevices().stream()
                      .map(io.godwit.linux.proc.NetDevice::name)
                      .toList());
      assertThat(devices).contains("lo").doesNotContain("eth0");
      assertThat(Namespaces.identity(Namespaces.openOwn("net"))).isEqualTo(outside);
    } finally {
      Descriptors.close(net);
    }
  }

  @Test
  void mountsThatNobodyElseSees(@TempDir Path dir) {
    assumeTrue(canUnshare(), "namespaces need CAP_SYS_ADMIN");
    String at = dir.toString();
    boolean seenInside =
        Namespaces.onOwnThread(
            NamespaceAbi.CLONE_NEWNS,
            () -> {
              Mounts.mount("tmpfs", at, "tmpfs", 0, "size=64k");
              Descriptors.close(
                  Descriptors.open(at + "/x", FileAbi.O_CREAT | FileAbi.O_WRONLY, 0600));
              boolean mounted =
                  ProcFs.host().currentThread().mountInfo().stream()
                      .anyMatch(m -> m.mountPoint().equals(at) && m.type().equals("tmpfs"));
              Fd fs = Mounts.openFileSystem("tmpfs");
              Mounts.configure(fs, "size", "32k");
              Fd mount = Mounts.createMount(fs, 0);
              Mounts.attach(mount, at);
              Descriptors.close(mount);
              Descriptors.close(fs);
              return mounted && Descriptors.list(at).isEmpty();
            });
    assertThat(seenInside).isTrue();
    assertThat(Descriptors.list(at)).isEmpty();
    assertThat(ProcFs.host().self().mountInfo()).noneMatch(m -> m.mountPoint().equals(at));
  }

  private static boolean canUnshare() {
    try {
      Descriptors.close(Namespaces.createNetwork());
      return true;
    } catch (LinuxException e) {
      return false;
    }
  }

  @Test
  void eventFiles() {
    try (OwnedFd event = OwnedFd.of(EventFiles.eventfd(5, true));
        OwnedFd timer = OwnedFd.of(EventFiles.timerfd(TaskAbi.CLOCK_MONOTONIC));
        OwnedFd signals = OwnedFd.of(EventFiles.signalfd(0x200));
        OwnedFd epoll = OwnedFd.of(EventFiles.epoll())) {
      assertThat(ProcFs.host().self().fdInfo(event.fd()).detail())
          .isEqualTo(new FdDetail.Eventfd(5, true));
      EventFiles.arm(timer.fd(), 0, 100_000_000_000L, 1_500_000_000L);
      FdDetail.Timerfd armed = (FdDetail.Timerfd) ProcFs.host().self().fdInfo(timer.fd()).detail();
      assertThat(armed.value()).isBetween(90_000_000_000L, 100_000_000_000L);
      assertThat(armed.interval()).isEqualTo(1_500_000_000L);
      assertThat(ProcFs.host().self().fdInfo(signals.fd()).detail())
          .isEqualTo(new FdDetail.Signalfd(0x200));
      EventFiles.watch(epoll.fd(), event.fd(), SocketAbi.POLLIN, 0x1234567890L);
      FdDetail.Epoll watched = (FdDetail.Epoll) ProcFs.host().self().fdInfo(epoll.fd()).detail();
      assertThat(watched.targets().getFirst().fd()).isEqualTo(event.fd().number());
      assertThat(watched.targets().getFirst().data()).isEqualTo(0x1234567890L);
      Tid self = SELF.mainThread();
      assertThat(
              Kcmp.compareWithEpollTarget(
                  self, event.fd(), self, epoll.fd(), event.fd().number(), 0))
          .isZero();
      assertThat(Poll.await(epoll.fd(), SocketAbi.POLLIN, Duration.ZERO))
          .isEqualTo(SocketAbi.POLLIN);
      assertThat(Poll.await(timer.fd(), SocketAbi.POLLIN, Duration.ofMillis(1))).isZero();
    }
  }

  @Test
  void schedulingOfAThread() {
    Tid self = new Tid(ProcFs.host().currentThread().stat().pid());
    BitSet before = Scheduling.affinity(self);
    assertThat(before.cardinality()).isPositive();
    BitSet one = new BitSet();
    one.set(before.nextSetBit(0));
    Scheduling.setAffinity(self, one);
    try {
      assertThat(Scheduling.affinity(self)).isEqualTo(one);
    } finally {
      Scheduling.setAffinity(self, before);
    }
    assertThat(Scheduling.attributes(self).policy()).isEqualTo(TaskAbi.SCHED_NORMAL);
    int io = Scheduling.ioPriority(self);
    Scheduling.setIoPriority(self, 2 << 13 | 6);
    assertThat(Scheduling.ioPriority(self)).isEqualTo(2 << 13 | 6);
    Scheduling.setIoPriority(self, io);
  }

  @Test
  void clocksAndLimits() {
    long before = Clocks.monotonic();
    assertThat(Clocks.boottime()).isGreaterThanOrEqualTo(before);
    assertThat(Clocks.realtime() / 1_000_000_000L)
        .isBetween(System.currentTimeMillis() / 1000 - 5, System.currentTimeMillis() / 1000 + 5);
    assertThat(Clocks.processCpu(SELF)).isPositive();
    Limit core = ResourceLimits.get(SELF, Resource.CORE);
    assertThat(ProcFs.host().self().limits().of(Resource.CORE)).isEqualTo(core);
    assertThat(ResourceLimits.get(SELF, Resource.OPEN_FILES).soft()).isPositive();
    assertThat(Kcmp.same(SELF.mainThread(), SELF.mainThread(), Kcmp.Kind.ADDRESS_SPACE)).isTrue();
    Prctl.setChildSubreaper(false);
    assertThat(Prctl.dumpable()).isBetween(0, 2);
  }
}

package io.godwit.linux.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.linux.DeviceNumber;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts of fdinfo recorded from Linux 6.18. */
class FdInfoTest {
  private static final String HEAD = "pos:\t0\nflags:\t02000002\nmnt_id:\t17\nino:\t1038\n";

  @Test
  void plainFile() {
    FdInfo info = FdInfo.parse("pos:\t101\nflags:\t0100001\nmnt_id:\t27\nino:\t2146512\n");
    assertThat(info.position()).isEqualTo(101);
    assertThat(info.flags()).isEqualTo(0100001);
    assertThat(info.isCloseOnExec()).isFalse();
    assertThat(info.mountId()).isEqualTo(27);
    assertThat(info.inode()).isEqualTo(2146512);
    assertThat(info.detail()).isEqualTo(new FdDetail.None());
  }

  @Test
  void epollAndItsTargets() {
    FdInfo info =
        FdInfo.parse(
            HEAD
                + "tfd:        4 events:       19 data:                4  pos:0 ino:214e sdev:f\n"
                + "tfd:        7 events: c000001d data: ffffffffffffffff\n");
    FdDetail.Epoll epoll = (FdDetail.Epoll) info.detail();
    assertThat(epoll.targets())
        .containsExactly(
            new FdDetail.EpollTarget(4, 0x19, 4, 0, 0x214e, 0xf),
            new FdDetail.EpollTarget(7, 0xc000001d, -1, 0, 0, 0));
  }

  @Test
  void eventfdCountsInHexadecimal() {
    FdInfo info =
        FdInfo.parse(
            HEAD + "eventfd-count:               1f\neventfd-id: 1\neventfd-semaphore: 1\n");
    assertThat(info.detail()).isEqualTo(new FdDetail.Eventfd(31, true));
  }

  @Test
  void timerfd() {
    FdInfo info =
        FdInfo.parse(
            HEAD
                + "clockid: 1\nticks: 3\nsettime flags: 01\nit_value: (99, 998664965)\n"
                + "it_interval: (1, 0)\n");
    assertThat(info.detail())
        .isEqualTo(new FdDetail.Timerfd(1, 3, 1, 99_998_664_965L, 1_000_000_000L));
  }

  @Test
  void signalfd() {
    assertThat(FdInfo.parse(HEAD + "sigmask:\t0000000000000200\n").detail())
        .isEqualTo(new FdDetail.Signalfd(0x200));
  }

  @Test
  void inotify() {
    FdInfo info =
        FdInfo.parse(
            HEAD
                + "inotify wd:1 ino:20c12a sdev:fe00000 mask:3ff ignored_mask:0 fhandle-bytes:8"
                + " fhandle-type:1 f_handle:2ac120009fe1e092\n");
    FdDetail.InotifyWatch watch = ((FdDetail.Inotify) info.detail()).watches().getFirst();
    assertThat(watch)
        .isEqualTo(
            new FdDetail.InotifyWatch(1, 0x20c12a, 0xfe00000, 0x3ff, 0, 1, "2ac120009fe1e092"));
    assertThat(watch.handleBytes()).hasSize(8).startsWith(0x2a);
    assertThat(DeviceNumber.ofKernel(watch.device())).isEqualTo(new DeviceNumber(254, 0));
  }

  @Test
  void locks() {
    FdInfo info =
        FdInfo.parse(
            HEAD
                + "lock:\t1: POSIX  ADVISORY  WRITE 6984 fe:00:2146603 5 14\n"
                + "lock:\t2: FLOCK  ADVISORY  READ 6984 fe:00:2146604 0 EOF\n"
                + "lock:\t3: OFDLCK ADVISORY  READ -1 fe:00:2146604 7 EOF\n");
    FileLock first = info.locks().getFirst();
    assertThat(first)
        .isEqualTo(
            new FileLock(
                "POSIX",
                false,
                "ADVISORY",
                "WRITE",
                6984,
                new DeviceNumber(254, 0),
                2146603,
                5,
                14));
    assertThat(info.locks().get(1).toEndOfFile()).isTrue();
    assertThat(info.locks().get(2).isOpenFile()).isTrue();
    assertThat(FileLock.parse("4: -> POSIX  ADVISORY  WRITE 12 fe:00:1 0 EOF\n").getFirst())
        .matches(FileLock::waiting);
  }

  @Test
  void pidfdAndTerminal() {
    assertThat(FdInfo.parse(HEAD + "Pid:\t6984\nNSpid:\t6984\t12\n").detail())
        .isEqualTo(new FdDetail.Pidfd(6984, java.util.List.of(6984, 12)));
    assertThat(FdInfo.parse(HEAD + "Pid:\t-1\nNSpid:\t-1\n").detail())
        .isInstanceOfSatisfying(FdDetail.Pidfd.class, p -> assertThat(p.pid()).isEqualTo(-1));
    FdInfo terminal = FdInfo.parse(HEAD + "tty-index:\t3\nsomething-new:\tyes\n");
    assertThat(terminal.detail()).isEqualTo(new FdDetail.TerminalMaster(3));
    assertThat(terminal.others()).containsEntry("something-new", "yes");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "flags:\t02\n",
        "pos:\tx\nflags:\t02\n",
        "pos:\t0\nflags:\t09\n",
        "pos:\t0\nflags:\t02\ntfd: 4 data: 5\n",
        "pos:\t0\nflags:\t02\nclockid: 1\n",
        "pos:\t0\nflags:\t02\ninotify wd:1 ino:1 sdev:1 mask:1 ignored_mask:0 fhandle-bytes:8"
            + " fhandle-type:1 f_handle:2a\n",
        "pos:\t0\nflags:\t02\nlock:\t1: POSIX ADVISORY WRITE 1 nonsense 0 EOF\n"
      })
  void damagedTextsAreRefused(String text) {
    assertThatThrownBy(() -> FdInfo.parse(text)).isInstanceOf(ProcFormatException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "pipe:[8526],Pipe",
    "socket:[1597],Socket",
    "net:[4026531833],Namespace",
    "anon_inode:[eventfd],Anonymous",
    "anon_inode:inotify,Anonymous",
    "/memfd:hello world (deleted),Memfd",
    "/tmp/x (deleted),Path",
    "/tmp/pipe:[1],Path"
  })
  void links(String text, String kind) {
    FdLink link = FdLink.parse(text);
    assertThat(link.getClass().getSimpleName()).isEqualTo(kind);
    assertThat(link.text()).isEqualTo(text);
  }

  @Test
  void partsOfLinks() {
    assertThat(FdLink.parse("/memfd:hello world (deleted)"))
        .isEqualTo(new FdLink.Memfd("/memfd:hello world (deleted)", "hello world"));
    assertThat(((FdLink.Anonymous) FdLink.parse("anon_inode:inotify")).kind()).isEqualTo("inotify");
    assertThat(((FdLink.Anonymous) FdLink.parse("anon_inode:[pidfd]")).kind()).isEqualTo("pidfd");
    assertThatThrownBy(() -> FdLink.parse("pipe:[x]")).isInstanceOf(ProcFormatException.class);
    assertThatThrownBy(() -> FdLink.parse("nonsense")).isInstanceOf(ProcFormatException.class);
  }
}

package io.godwit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.core.Pid;
import io.godwit.engine.kind.ExternalDescriptor;
import io.godwit.image.PodImage;
import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.FileStatus;
import io.godwit.linux.Tracer;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Signals;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.descriptor.FileBytes;
import io.godwit.linux.proc.ProcFs;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Programs that set up resources, are killed and rebuilt twice, and then verify every property
 * themselves. Cell 0 says that the program is ready, cell 10 that it was moved, cell 1 how it
 * ended, cells 2 to 4 how many checks passed, the line of the failed one, and errno.
 */
@Timeout(120)
class KindTest {
  private static final int MOVED = 10;
  private static final long TIOCSPTLCK = 0x40045431L;
  private static final long TIOCGPTN = 0x80045430L;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "files",
        "sharing",
        "pipes",
        "events",
        "epoll",
        "inotify",
        "sockets",
        "locks",
        "signals",
        "timers",
        "credentials",
        "seccomp",
        "limits",
        "pidfd"
      })
  void isTheSameAfterMoves(String name) throws Exception {
    try (Victim victim = Victim.start(directory, name, source(name), "-lrt");
        Tracer tracer = Tracer.start()) {
      victim.awaitCell(0, 1);
      try {
        for (int i = 0; i < 2; i++) {
          PodImage image = KindMover.move(tracer, victim.pid());
          assertThat(image.live()).isNotEmpty();
        }
        victim.set(MOVED, 1);
        Victim.await(() -> victim.cell(1) != 0 || !victim.isAlive(), () -> "the checks of " + name);
        assertThat(victim.cell(1))
            .withFailMessage(
                () ->
                    "%s: line %d failed, errno %d, after %d checks"
                        .formatted(name, victim.cell(3), victim.cell(4), victim.cell(2)))
            .isEqualTo(1);
        assertThat(victim.cell(2)).isPositive();
      } finally {
        endChildren(victim);
      }
    }
  }

  @Test
  void theTerminalStaysConnected() throws Exception {
    Fd master = Descriptors.open("/dev/ptmx", FileAbi.O_RDWR | FileAbi.O_NOCTTY);
    try (Victim victim = Victim.start(directory, "terminal", source("terminal"));
        Tracer tracer = Tracer.start()) {
      byte[] unlocked = new byte[4];
      Descriptors.ioctl(master, TIOCSPTLCK, unlocked);
      byte[] index = new byte[4];
      Descriptors.ioctl(master, TIOCGPTN, index);
      int number = ByteBuffer.wrap(index).order(ByteOrder.nativeOrder()).getInt();
      String path = "/dev/pts/" + number;
      Fd slave = Descriptors.open(path, FileAbi.O_RDWR | FileAbi.O_NOCTTY);
      FileStatus status = Descriptors.status(slave);
      victim.set(30, number + 1);
      Victim.await(() -> victim.cell(0) != 0 || victim.cell(3) != 0, () -> "the terminal's victim");
      assertThat(victim.cell(3)).as("line of the failed check").isZero();
      Set<ExternalDescriptor> external = new HashSet<>();
      external.add(new ExternalDescriptor("terminal", status.device().devT(), status.inode()));
      Map<String, Fd> given = new HashMap<>();
      given.put("terminal", slave);
      KindMover.move(tracer, victim.pid(), external, given);
      victim.set(MOVED, 1);
      Victim.await(() -> victim.cell(1) != 0 || !victim.isAlive(), () -> "the terminal's checks");
      assertThat(victim.cell(3)).as("line of the failed check").isZero();
      assertThat(victim.cell(1)).isEqualTo(1);
      assertThat(new String(FileBytes.read(master, 100), StandardCharsets.UTF_8))
          .isEqualTo("moved");
      Descriptors.close(slave);
    } finally {
      Descriptors.close(master);
    }
  }

  /** They would hold this test's output open. */
  private static void endChildren(Victim victim) {
    if (victim.isAlive()) {
      for (Pid child : ProcFs.host().process(victim.pid()).children()) {
        Kernel.call(Syscall.KILL, child.number(), Signals.SIGKILL);
      }
    }
  }

  static String source(String name) throws Exception {
    try (InputStream common = KindTest.class.getResourceAsStream("/victims/common.c");
        InputStream own = KindTest.class.getResourceAsStream("/victims/" + name + ".c")) {
      return new String(common.readAllBytes(), StandardCharsets.UTF_8)
          + "\n#line 1 \""
          + name
          + ".c\"\n"
          + new String(own.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}

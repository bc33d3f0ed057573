package io.godwit.linux.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GapClockTest {
  @TempDir Path directory;

  @Test
  void aStoppedProgramRecordsHowLongItStood() throws Exception {
    Path program = Files.write(directory.resolve("clock"), GapClock.elf());
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    Path records = directory.resolve("gaps");
    Process clock = new ProcessBuilder(program.toString()).redirectOutput(records.toFile()).start();
    try {
      long before = awaitAsleep(clock);
      signal(clock, "STOP");
      TimeUnit.MILLISECONDS.sleep(300); // the length of the gap, not a wait for something
      signal(clock, "CONT");
      long longest = 0;
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (longest < 300_000_000L && System.nanoTime() < end) {
        for (GapClock.Gap gap : GapClock.read(Files.readAllBytes(records))) {
          assertThat(gap.nanos()).isGreaterThanOrEqualTo(GapClock.THRESHOLD_NANOS);
          if (gap.endNanos() > before) {
            longest = Math.max(longest, gap.nanos());
          }
        }
      }
      assertThat(longest).isBetween(300_000_000L, 10_000_000_000L);
    } finally {
      clock.destroyForcibly().waitFor();
    }
  }

  /** Waits until it sleeps between two readings, so that it has read the clock at least once. */
  private static long awaitAsleep(Process clock) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    Path wchan = Path.of("/proc/" + clock.pid() + "/syscall");
    int seen = 0;
    while (seen < 5 && System.nanoTime() < end) {
      seen += Files.readString(wchan).startsWith("230 ") ? 1 : 0;
    }
    assertThat(seen).isEqualTo(5);
    return HostClocks.monotonicNanos();
  }

  private static void signal(Process process, String name) throws Exception {
    List<String> kill = List.of("kill", "-" + name, Long.toString(process.pid()));
    assertThat(new ProcessBuilder(kill).start().waitFor()).isZero();
  }
}

package io.godwit.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PaceLogTest {
  @TempDir Path directory;

  @Test
  void findsTheLongestGapWithAPartInTheWindow() {
    PaceLog log =
        PaceLog.of("ready 7\ngap 1000 500\npace 1100 3\ngap 2000 300\ngap 3000 900\ngap 40");

    assertThat(log.pid()).isEqualTo(7);
    assertThat(log.longestGap(900, 1900)).isEqualTo(500);
    assertThat(log.longestGap(900, 2200)).isEqualTo(900);
    assertThat(log.longestGap(1001, 1699)).isZero();
    assertThat(log.longest(1001, 1700)).contains(new PaceLog.Gap(2000, 300));
    assertThat(log.verified()).isFalse();
  }

  @Test
  void countsOnlyPacesThatLieInTheWindow() {
    PaceLog log = PaceLog.of("pace 100 9\npace 200 50\npace 300 70\npace 400 1\n");

    assertThat(log.rate(100, 300)).hasValue(120 / 200.0);
    assertThat(log.rate(150, 310)).hasValue(0.7);
    assertThat(log.rate(350, 500)).isEmpty();
  }

  @Test
  void refusesWhatNoProgramWrote() {
    assertThatThrownBy(() -> PaceLog.of("gap one two\n")).hasMessageContaining("gap one two");
    assertThatThrownBy(() -> PaceLog.of("\n")).isInstanceOf(IllegalArgumentException.class);
    assertThat(PaceLog.of("damaged 12\n").damagedPage()).contains(12L);
    assertThat(PaceLog.of("back 9 70\nback 19 50\n").backNanos()).isEqualTo(70);
  }

  @Test
  void theProgramInCTellsItsGapsAndVerifiesItsMemory() throws Exception {
    observe(Victim.in(directory));
  }

  @Test
  void theProgramInJavaDoesTheSame() throws Exception {
    observe(Victim.java());
  }

  /** Stopped by a signal for a while it sees a gap of that length at least. */
  private void observe(Victim victim) throws Exception {
    Path file = directory.resolve("log");
    Load load = new Load(4, 2, 50, 3, 2);
    Process process =
        new ProcessBuilder(victim.command(load, file, Watch.GAP_MICROS)).inheritIO().start();
    try {
      Watch watch = new Watch(file, load, process::isAlive);
      watch.ready();
      watch.until("it has no pace", log -> log.rate(0, Long.MAX_VALUE).isPresent());
      signal("STOP", process);
      TimeUnit.MILLISECONDS.sleep(60); // the very gap that is measured
      signal("CONT", process);
      watch.until("it saw no gap", log -> log.longestGap(0, Long.MAX_VALUE) > 50_000_000);
      if (victim.sweeps()) {
        signal("USR1", process);
        PaceLog swept = watch.until("it did not sweep", log -> !log.sweeps().isEmpty());
        assertThat(swept.sweeps().getFirst().pages()).isEqualTo(1024);
      }
      process.destroy();
      watch.verified();
      assertThat(process.waitFor()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  private static void signal(String name, Process process) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  @Test
  void theLogOfARunningProgramMayEndInAnUnfinishedLine() throws Exception {
    Path file = Files.writeString(directory.resolve("log"), "ready 7\npace 1");
    assertThat(PaceLog.read(file).pid()).isEqualTo(7);
  }
}

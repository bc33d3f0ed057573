package io.godwit.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.app.fixture.CommandProcess;
import io.godwit.app.fixture.CommandProcess.Outcome;
import io.godwit.app.fixture.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real programs are written to an image, ended, and restarted where they were, without a daemon.
 * What they print before and after is together what an unmoved run prints.
 */
@Timeout(300)
class CheckpointRestartTest {
  @TempDir Path directory;
  private Path image;

  @BeforeEach
  void setUp() {
    Assumptions.assumeTrue(
        ProcessHandle.current().info().user().orElse("").equals("root"),
        "restarts under old process ids need root");
    image = directory.resolve("image");
  }

  private void checkpoint(Subject subject, String... more) throws InterruptedException {
    subject.noteFamily();
    String[] line = {"checkpoint", subject.pid(), "--to", image.toString()};
    String[] all = java.util.Arrays.copyOf(line, line.length + more.length);
    System.arraycopy(more, 0, all, line.length, more.length);
    Outcome outcome = CommandProcess.run(all);
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.status()).isZero();
    assertThat(outcome.out()).contains(image.toString(), "frozen for");
  }

  /** Runs a command line in two directories: to its end, and until its word to go on. */
  private String[] bothOutputs(int expectedStatus, int lines, String... command) throws Exception {
    Path still = Files.createDirectory(directory.resolve("still"));
    Path moves = Files.createDirectory(directory.resolve("moves"));
    Files.createFile(still.resolve("go"));
    try (Subject unmoved = Subject.start(still, command);
        Subject subject = Subject.start(moves, command)) {
      subject.awaitLines(lines);
      checkpoint(subject);
      Files.createFile(moves.resolve("go"));
      return new String[] {moved(subject, expectedStatus), unmoved.output()};
    }
  }

  /** Waits for the end, restarts in the foreground; gives back what was printed in all. */
  private String moved(Subject subject, int expectedStatus) throws InterruptedException {
    String before = subject.output();
    assertThat(subject.status()).isEqualTo(137);
    subject.awaitGone();
    Outcome restarted = CommandProcess.run("restart", "--here", image.toString());
    assertThat(restarted.err()).isEmpty();
    assertThat(restarted.status()).isEqualTo(expectedStatus);
    return before + restarted.out();
  }

  private static final String CHAIN =
      """
      import hashlib, os, sys, time, threading
      me = os.getpid()
      digest = b''
      seen = []
      def work():
          mine = b''
          while not os.path.exists('go'):
              mine = hashlib.sha256(mine).digest()
          seen.append(len(mine))
      def chain(i):
          global digest
          digest = hashlib.sha256(digest + str(i).encode()).digest()
          print(i, digest.hex(), os.getpid() == me, flush=True)
      workers = [threading.Thread(target=work) for _ in range(3)]
      for i in range(20): chain(i)
      for each in workers: each.start()
      while not os.path.exists('go'): time.sleep(0.01)
      for each in workers: each.join()
      for i in range(20): chain(i)
      print(seen[-1:], flush=True)
      sys.exit(7)
      """;

  @Test
  void pythonGoesOnUnderItsNumberAndItsStatusIsTheRestarts() throws Exception {
    String[] outputs = bothOutputs(7, 20, Subject.python(), "-c", CHAIN);
    assertThat(outputs[0].lines().limit(40).toList())
        .isEqualTo(outputs[1].lines().limit(40).toList())
        .hasSize(40)
        .allMatch(line -> line.endsWith("True"));
  }

  @Test
  void sqliteGoesOnInTheMiddleOfATransaction() throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/sqlite3")), "needs sqlite3");
    String fill =
        "with recursive c(x) as (select 1 union all select x+1 from c where x<40000)"
            + " insert into t select x*7, hex(x*x) from c;\n"
            + "select count(*), sum(a), sum(length(b)) from t;\n";
    String first = "pragma cache_size=10; create table t(a integer, b text); begin;\n" + fill;
    String second = fill + "commit; pragma integrity_check;\n";
    try (Subject unmoved = Subject.fed(directory, first + second, "/usr/bin/sqlite3", "still.db");
        Subject subject = Subject.fed(directory, first, "/usr/bin/sqlite3", "moved.db")) {
      unmoved.endOfInput();
      subject.awaitLines(1);
      checkpoint(subject);
      String before = subject.output();
      subject.awaitGone();
      try (CommandProcess restart = CommandProcess.start("restart", "--here", image.toString())) {
        restart.feed(second);
        Outcome restarted = restart.await();
        assertThat(restarted.err()).isEmpty();
        assertThat(restarted.status()).isZero();
        assertThat(before + restarted.out()).isEqualTo(unmoved.output()).endsWith("\nok\n");
      }
    }
    String dump = "select count(*), sum(a), max(b) from t";
    assertThat(Subject.printed("sqlite3", directory.resolve("moved.db").toString(), dump))
        .isEqualTo(Subject.printed("sqlite3", directory.resolve("still.db").toString(), dump));
  }

  @Test
  void aPipelineOfAShellGoesOn() throws Exception {
    String script =
        "{ for ((i = 0; i < 20000; i++)); do echo line $i; done; echo begun >&3;"
            + " until [ -e go ]; do sleep 0.05; done;"
            + " for ((i = 0; i < 20000; i++)); do echo more $i; done; } 3>&1 >pipe.in"
            + " | cat; cat pipe.in | xz -T1 | xz -d | tee copy | sha256sum; wc -l < copy; exit 3";
    String[] outputs = bothOutputs(3, 1, "/bin/bash", "-c", script);
    assertThat(outputs[0]).isEqualTo(outputs[1]).contains("40000");
  }

  private static final String DELETED =
      """
      use strict; $| = 1;
      open(my $f, '+>', 'scratch') or die; unlink 'scratch';
      print $f 'q' x 12345; seek($f, 70001, 0); print $f 'tail';
      $f->flush;
      print "written\\n"; until (-e 'go') { select(undef, undef, undef, 0.02); }
      seek($f, 0, 0); local $/; my $all = <$f>;
      printf "%d %d %s\\n", length($all), -s $f, unpack('%32C*', $all);
      """;

  @Test
  void aDeletedFileOfOddLengthComesAlong() throws Exception {
    String[] outputs = bothOutputs(0, 1, "/usr/bin/perl", "-MIO::Handle", "-e", DELETED);
    assertThat(outputs[0]).isEqualTo(outputs[1]).contains("70005 70005 ");
  }

  @Test
  void aJavaMachineGoesOn() throws Exception {
    Path source = directory.resolve("Chain.java");
    Files.writeString(
        source,
        """
        import java.util.concurrent.*;
        public class Chain {
          static long sum = 1;
          static ExecutorService pool = Executors.newFixedThreadPool(8);
          static void round() throws Exception {
            java.util.List<Future<Long>> parts = new java.util.ArrayList<>();
            for (int t = 0; t < 8; t++) {
              long seed = sum * 31 + t;
              parts.add(pool.submit(() -> { long x = seed; byte[] b = new byte[10000];
                for (int k = 0; k < 10000; k++) { x = x * 6364136223846793005L + k; b[k] = (byte) x; }
                return x + java.util.Arrays.hashCode(b); }));
            }
            for (Future<Long> f : parts) sum = sum * 17 + f.get();
          }
          public static void main(String[] a) throws Exception {
            for (int i = 0; i < 50; i++) round();
            System.out.println(sum);
            long before = sum;
            while (!new java.io.File("go").exists()) round();
            sum = before;
            for (int i = 0; i < 50; i++) round();
            System.out.println(sum);
            System.exit(5);
          }
        }
        """);
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String[] outputs = bothOutputs(5, 1, java, "-XX:+UseG1GC", "-Xmx128m", source.toString());
    assertThat(outputs[0]).isEqualTo(outputs[1]);
  }

  @Test
  void whatIsLeftRunningIsUndisturbedAndItsNumberIsNotTakenTwice() throws Exception {
    Path go = directory.resolve("go");
    try (Subject subject = Subject.start(directory, Subject.python(), "-c", CHAIN)) {
      subject.awaitLines(20);
      checkpoint(subject, "--leave-running");
      Outcome refused = CommandProcess.run("restart", "--here", "--json", image.toString());
      assertThat(refused.error().toString()).contains(subject.pid(), "GW-ENGINE-009");
      assertThat(refused.status()).isEqualTo(3);
      Files.createFile(go);
      assertThat(subject.output().lines().filter(line -> line.endsWith("True"))).hasSize(40);
      assertThat(subject.status()).isEqualTo(7);
    }
  }

  @Test
  void inAPodItKeepsItsNumberWhileTheOriginalLives() throws Exception {
    Path go = directory.resolve("go");
    try (Subject subject = Subject.start(directory, Subject.python(), "-c", CHAIN)) {
      subject.awaitLines(20);
      checkpoint(subject, "--leave-running");
      try (CommandProcess restart = CommandProcess.start("restart", image.toString())) {
        Subject.await(
            () -> restart.process().descendants().count() >= 2 || !restart.process().isAlive(),
            () -> "no pod");
        Files.createFile(go);
        Outcome restarted = restart.await();
        assertThat(restarted.err()).isEmpty();
        assertThat(restarted.status()).isEqualTo(7);
        assertThat(restarted.out().lines().limit(20).toList())
            .isEqualTo(subject.output().lines().skip(20).limit(20).toList())
            .allMatch(line -> line.endsWith("True"));
      }
      assertThat(subject.status()).isEqualTo(7);
    }
  }

  private static final String HEAP =
      """
      import hashlib, os, sys, time
      blocks = [os.urandom(1 << 20) for _ in range(24)]
      def sums(): return hashlib.sha256(b''.join(blocks)).hexdigest()
      before = sums()
      print('filled', flush=True)
      while not os.path.exists('go'): time.sleep(0.01)
      print(before == sums(), flush=True)
      sys.exit(6)
      """;

  @Test
  void furtherGenerationsHoldWhatHasChangedCompressedAndEncrypted() throws Exception {
    Path key = Files.writeString(directory.resolve("key"), "0123456789abcdef".repeat(4));
    String[] more = {"--incremental", "--compress", "3", "--key", key.toString(), "--json"};
    try (Subject subject = Subject.start(directory, Subject.python(), "-c", HEAP)) {
      subject.awaitLines(1);
      long first = incremental(subject, 1, more);
      long second = incremental(subject, 2, more);
      assertThat(first).isGreaterThan(24 << 20);
      assertThat(second).isLessThan(first / 5);
      subject.close();
      subject.output();
      subject.awaitGone();
      Outcome closed = CommandProcess.run("restart", "--here", "--json", image.toString());
      assertThat(closed.error().get("code").getAsString()).isEqualTo("GW-IMAGE-014");
      Files.createFile(directory.resolve("go"));
      Outcome restarted =
          CommandProcess.run("restart", "--here", "--key", key.toString(), image.toString());
      assertThat(restarted.err()).isEmpty();
      assertThat(restarted.out()).isEqualTo("True\n");
      assertThat(restarted.status()).isEqualTo(6);
    }
  }

  private long incremental(Subject subject, int generation, String... more)
      throws InterruptedException {
    List<String> line = new ArrayList<>();
    line.addAll(List.of("checkpoint", subject.pid(), "--to", image.toString()));
    line.addAll(List.of(more));
    Outcome outcome = CommandProcess.run(line.toArray(new String[0]));
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.status()).isZero();
    assertThat(outcome.json().get("generation").getAsInt()).isEqualTo(generation);
    return outcome.json().get("bytes").getAsLong();
  }

  @Test
  void againAndAgainUntilItEnds() throws Exception {
    try (Subject subject = Subject.start(directory, Subject.python(), "-c", HEAP);
        CommandProcess command =
            startAfter(
                subject,
                "checkpoint",
                subject.pid(),
                "--every",
                "1s",
                "--keep",
                "2",
                "--to",
                image.toString())) {
      Subject.await(
          () -> command.out().text().contains("generation 3") || !command.process().isAlive(),
          () -> command.out().text() + command.err().text());
      Files.createFile(directory.resolve("go"));
      assertThat(subject.output()).endsWith("True\n");
      assertThat(command.await().status()).isZero();
      assertThat(CommandProcess.run("image", "verify", image.toString()).status()).isZero();
    }
  }

  private static CommandProcess startAfter(Subject subject, String... arguments) {
    subject.awaitLines(1);
    return CommandProcess.start(arguments);
  }

  @Test
  void detachedItLivesOnByItself() throws Exception {
    String script = "while [ ! -e go ]; do sleep 0.02; done; echo $$ > went";
    try (Subject subject = Subject.start(directory, "/bin/bash", "-c", script)) {
      Subject.await(() -> subject.noteFamily() > 0, () -> "no sleep");
      checkpoint(subject);
      subject.output();
      subject.awaitGone();
      Path pidfile = directory.resolve("pid");
      try (CommandProcess restart =
          CommandProcess.start(
              "restart",
              "--here",
              "--detach",
              "--pidfile",
              pidfile.toString(),
              "--json",
              image.toString())) {
        // Its output does not end with it: the process has it now.
        Subject.await(() -> !restart.process().isAlive(), () -> "it does not return");
        Subject.await(
            () -> restart.out().text().contains(subject.pid()),
            () -> restart.out().text() + restart.err().text());
        assertThat(restart.process().exitValue()).isZero();
        assertThat(Files.readString(pidfile).strip()).isEqualTo(subject.pid());
        Files.createFile(directory.resolve("go"));
        Subject.await(() -> content("went").equals(subject.pid() + "\n"), () -> content("went"));
      }
    }
  }

  private String content(String file) {
    try {
      return Files.readString(directory.resolve(file));
    } catch (IOException notYet) {
      return "";
    }
  }
}

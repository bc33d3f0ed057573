package io.godwit.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.app.testbed.TestNode;
import io.godwit.core.control.ProcessExit;
import io.godwit.it.cluster.Cluster;
import io.godwit.it.cluster.Heartbeat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A program that moves: it counts until it is told to stop, writes each number to a file and to its
 * console, and ends with a status of its own. The file is what is looked at: what a daemon has read
 * of the console and not passed on yet dies with it.
 */
final class Walker {
  private final String name;
  private final TestNode home;
  private final Path stop;
  private final int status;
  private final Heartbeat heart;

  private Walker(String name, TestNode home, Path stop, int status, Heartbeat heart) {
    this.name = name;
    this.home = home;
    this.stop = stop;
    this.status = status;
    this.heart = heart;
  }

  /** Starts one; three kinds that block, fork and compute in ways of their own. */
  static Walker start(TestNode home, int number, Path directory) {
    String name = "walker" + number;
    Path beats = directory.resolve(name + ".beats");
    Path stop = directory.resolve(name + ".stop");
    int status = 40 + number;
    List<String> command =
        switch (number % 3) {
          case 0 ->
              List.of(
                  "sh",
                  "-c",
                  """
                  n=0
                  while [ ! -e %s ]; do n=$((n+1)); echo $n >> %s; echo $n; sleep 0.01; done
                  exit %d
                  """
                      .formatted(stop, beats, status));
          case 1 ->
              List.of(
                  "perl",
                  "-e",
                  """
                  $| = 1; $n = 0; open(F, ">>", "%s"); select((select(F), $| = 1)[0]);
                  while (! -e "%s") {
                    $n++; print F "$n\\n"; print "$n\\n"; select(undef, undef, undef, 0.01);
                  }
                  exit %d;
                  """
                      .formatted(beats, stop, status));
          default ->
              List.of(
                  "bash",
                  "-c",
                  // A pipeline of two processes that talk all the time.
                  """
                  n=0
                  while [ ! -e %s ]; do
                    n=$((n+1)); echo $n; for ((i=0; i<500; i++)); do :; done
                  done | while read x; do echo $x >> %s; echo $x; done
                  exit %d
                  """
                      .formatted(stop, beats, status));
        };
    Cluster.run(home, name, directory, command);
    return new Walker(name, home, stop, status, Heartbeat.of(name, beats));
  }

  String name() {
    return name;
  }

  /** Tells it to end, and looks whether all it ever did is there, once. */
  void finish() throws IOException {
    heart.awaitBeats(5);
    Files.createFile(stop);
    ProcessExit exit = Cluster.await(home, name);
    heart.assertNeverLostNorDoubled();
    assertThat(exit).as("end of %s", name).isEqualTo(new ProcessExit(status, 0, false));
  }
}

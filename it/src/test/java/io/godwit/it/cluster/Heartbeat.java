package io.godwit.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.app.testbed.TestNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A program that appends 1, 2, 3, … to a file, one number a line. A second instance would write
 * numbers again, one that was rebuilt from older state would too, and one that lost something would
 * leave some out: the file tells.
 */
public final class Heartbeat {
  private final String name;
  private final Path file;

  private Heartbeat(String name, Path file) {
    this.name = name;
    this.file = file;
  }

  /** Starts it on a node and waits until it beats. */
  public static Heartbeat start(TestNode node, String name, Path directory) {
    Path file = directory.resolve(name + ".beats");
    // A shell forks for sleep, so that moves meet a tree as it changes; n lives in its memory.
    String beat = "n=0; while :; do n=$((n+1)); echo $n >> " + file + "; sleep 0.01; done";
    Cluster.run(node, name, directory, List.of("sh", "-c", beat));
    return of(name, file);
  }

  /** Waits until a program beats that writes such a file. */
  public static Heartbeat of(String name, Path file) {
    Heartbeat heart = new Heartbeat(name, file);
    Cluster.await(name + " beats", () -> Files.exists(file) && heart.beats() > 0);
    return heart;
  }

  /** The program's name. */
  public String name() {
    return name;
  }

  /** How many numbers it has written. */
  public int beats() {
    return lines().size();
  }

  private List<String> lines() {
    try {
      String text = Files.readString(file);
      // What follows the last line feed is being written.
      return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until it has written so many more. */
  public void awaitBeats(int more) {
    int now = beats();
    Cluster.await(name + " beats on", () -> beats() >= now + more);
  }

  /** Every number is there, once, in its place. */
  public void assertNeverLostNorDoubled() {
    List<String> lines = lines();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).equals(Integer.toString(i + 1))) {
        assertThat(lines.subList(Math.max(0, i - 3), Math.min(lines.size(), i + 4)))
            .as("beats of %s around number %d", name, i + 1)
            .contains(Integer.toString(i + 1))
            .doesNotHaveDuplicates();
        throw new AssertionError("beat " + (i + 1) + " of " + name + " is " + lines.get(i));
      }
    }
  }
}

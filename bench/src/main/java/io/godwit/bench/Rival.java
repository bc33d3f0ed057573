package io.godwit.bench;

import io.godwit.core.GodwitException;
import io.godwit.linux.Clocks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Another tool on the same program: a shell command that freezes it into an image and restores it
 * from there. The command finds in its environment
 *
 * <pre>
 *  PID   the process; when it has another number afterwards, the command writes that into DIR/pid
 *  DIR   an empty directory for the image, in memory where the machine has /dev/shm
 * </pre>
 */
public final class Rival {
  private static final long COMMAND_SECONDS = 300;
  private static final long SETTLE_MILLIS = 150;
  private static final long AFTER_MILLIS = 120;
  private static final long END_SECONDS = 10;
  private static final int TAIL = 300;

  private final String command;
  private final Victim victim;
  private final Path directory;
  private final Plan plan;

  public Rival(String command, Victim victim, Path directory, Plan plan) {
    this.command = command;
    this.victim = victim;
    this.directory = directory;
    this.plan = plan;
  }

  /** The first word of the command, without its directory. */
  public String name() {
    String word = command.strip().split("\\s+", 2)[0];
    return word.substring(word.lastIndexOf('/') + 1);
  }

  /** Measures a program under this tool. */
  public Row measure(Load load) throws IOException, InterruptedException {
    Cell cell = new Cell(name(), load);
    Path log = directory.resolve("against-" + System.nanoTime() + ".log");
    Process first = start(victim.command(load, log, Watch.GAP_MICROS));
    long pid = first.pid();
    Watch watch = new Watch(log, load, () -> first.isAlive() || ProcessHandle.of(pid).isPresent());
    List<Move> moves = new ArrayList<>();
    String problem = "";
    boolean verified = false;
    Yardsticks beside = Yardsticks.take((long) load.memoryMiB() << 20);
    Watch.Unmoved unmoved = new Watch.Unmoved(List.of(), OptionalDouble.empty());
    long now = pid;
    try {
      watch.ready();
      unmoved = watch.unmoved();
      for (int i = -plan.warmup(); i < plan.runs(); i++) {
        TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
        Turn turn = turn(now, watch);
        now = turn.pid();
        if (i >= 0) {
          moves.add(turn.move());
        }
      }
      ProcessHandle.of(now).ifPresent(ProcessHandle::destroy);
      new Watch(log, load, () -> true).verified();
      verified = true;
    } catch (GodwitException e) {
      problem = String.valueOf(e.getMessage());
    } finally {
      ProcessHandle.of(now).ifPresent(ProcessHandle::destroyForcibly);
      if (!first.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        first.destroyForcibly();
      }
    }
    return new Row(
        cell, name(), moves, beside, unmoved.gaps(), unmoved.rate(), List.of(), verified, problem);
  }

  private record Turn(Move move, long pid) {}

  /** One freeze and restore. */
  private Turn turn(long pid, Watch watch) throws IOException, InterruptedException {
    Path shared = Path.of("/dev/shm");
    Path images =
        Files.isWritable(shared)
            ? Files.createTempDirectory(shared, "godwit-bench-")
            : Files.createTempDirectory(directory, "image-");
    try {
      Path output = directory.resolve("against.out");
      ProcessBuilder builder =
          new ProcessBuilder("/bin/sh", "-c", command)
              .directory(directory.toFile())
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      builder.environment().put("PID", Long.toString(pid));
      builder.environment().put("DIR", images.toString());
      long begun = Clocks.realtime();
      Process shell = builder.start();
      if (!shell.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
        shell.destroyForcibly();
        throw failed("it did not end within " + COMMAND_SECONDS + " s", output);
      }
      long ended = Clocks.realtime();
      if (shell.exitValue() != 0) {
        throw failed("it ended with status " + shell.exitValue(), output);
      }
      TimeUnit.MILLISECONDS.sleep(AFTER_MILLIS);
      long bytes = size(images);
      PaceLog log = watch.log();
      PaceLog.Gap freeze =
          log.longest(begun, ended + TimeUnit.MILLISECONDS.toNanos(AFTER_MILLIS))
              .orElseThrow(() -> failed("the program saw no gap", output));
      Path changed = images.resolve("pid");
      long next = Files.exists(changed) ? Long.parseLong(Files.readString(changed).strip()) : pid;
      Move move =
          new Move(
              freeze.nanos(),
              ended - begun,
              bytes,
              bytes,
              0,
              log.rate(begun, freeze.end() - freeze.nanos()),
              log.rate(freeze.end(), Clocks.realtime()),
              Map.of());
      return new Turn(move, next);
    } finally {
      remove(images);
    }
  }

  private GodwitException failed(String why, Path output) {
    String text;
    try {
      text = Files.readString(output).strip();
    } catch (IOException e) {
      text = "nothing";
    }
    return new GodwitException(
        BenchError.RIVAL,
        "'" + name() + "' was not measured",
        why + "; it printed: " + text.substring(Math.max(0, text.length() - TAIL)),
        "the command gets PID and DIR in its environment, and must leave the program running");
  }

  /** In a session of its own where the machine can: some tools insist. */
  private Process start(List<String> command) throws IOException {
    List<String> words = new ArrayList<>(command);
    if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
      words.addFirst("/usr/bin/setsid");
    }
    return new ProcessBuilder(words)
        .directory(directory.toFile())
        .redirectInput(Path.of("/dev/null").toFile())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static long size(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile).mapToLong(each -> each.toFile().length()).sum();
    }
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }
}

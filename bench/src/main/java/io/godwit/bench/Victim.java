package io.godwit.bench;

import io.godwit.core.GodwitException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The program that is moved: {@code pace.c}, compiled here; or, where there is no compiler, the
 * same in Java, whose own pauses are then part of its gaps.
 */
public final class Victim {
  private static final int COMPILE_SECONDS = 60;
  private static final List<String> COMPILERS = List.of("cc", "gcc", "clang");

  private final List<String> program;
  private final String about;
  private final boolean sweeps;

  private Victim(List<String> program, String about, boolean sweeps) {
    this.program = program;
    this.about = about;
    this.sweeps = sweeps;
  }

  /** Makes the program in a directory. */
  public static Victim in(Path directory) throws IOException, InterruptedException {
    return compile("pace", directory)
        .map(made -> new Victim(List.of(made.toString()), "pace.c compiled here", true))
        .orElseGet(Victim::java);
  }

  /** Compiles one of the programs that come along; nothing where no compiler can. */
  static Optional<Path> compile(String name, Path directory)
      throws IOException, InterruptedException {
    Path source = directory.resolve(name + ".c");
    try (InputStream text = Victim.class.getResourceAsStream(name + ".c")) {
      if (text == null) {
        throw new IllegalStateException(name + ".c is not in this build");
      }
      Files.write(source, text.readAllBytes());
    }
    Path program = directory.resolve(name);
    for (String compiler : COMPILERS) {
      if (compiled(compiler, source, program)) {
        return Optional.of(program);
      }
    }
    return Optional.empty();
  }

  /** The same program in Java. */
  static Victim java() {
    String classes;
    try {
      classes =
          Path.of(PaceProgram.class.getProtectionDomain().getCodeSource().getLocation().toURI())
              .toString();
    } catch (URISyntaxException impossible) { // it is where this class was loaded from
      throw new IllegalStateException(impossible);
    }
    return new Victim(
        List.of(
            Path.of(System.getProperty("java.home"), "bin/java").toString(),
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-XX:MaxDirectMemorySize=64g",
            "-Xmx64m",
            "-cp",
            classes,
            PaceProgram.class.getName()),
        "a Java program, for there is no C compiler: its own pauses are among its gaps",
        false);
  }

  private static boolean compiled(String compiler, Path source, Path program)
      throws IOException, InterruptedException {
    Process process;
    try {
      process =
          new ProcessBuilder(
                  compiler, "-O2", "-pthread", "-o", program.toString(), source.toString())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException none) {
      return false;
    }
    if (!process.waitFor(COMPILE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      return false;
    }
    return process.exitValue() == 0 && Files.isExecutable(program);
  }

  /** What it is, for people. */
  public String about() {
    return about;
  }

  /** Whether it can be asked to touch all of its memory. */
  boolean sweeps() {
    return sweeps;
  }

  /** Its command line. */
  List<String> command(Load load, Path log, int gapMicros) {
    List<String> command = new ArrayList<>(program);
    command.addAll(
        List.of(
            log.toString(),
            Integer.toString(load.memoryMiB()),
            Integer.toString(load.workingSetMiB()),
            Integer.toString(load.dirtyMiBPerSecond()),
            Integer.toString(load.threads()),
            Integer.toString(load.descriptors()),
            Integer.toString(gapMicros)));
    return command;
  }

  /** The failure to do as it should. */
  static GodwitException failed(String what, String why) {
    return new GodwitException(
        BenchError.VICTIM, what, why, "try a smaller memory size, or see the daemons' logs");
  }
}

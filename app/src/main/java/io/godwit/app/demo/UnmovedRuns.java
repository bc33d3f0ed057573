package io.godwit.app.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Runs of the programs as plain children; none of them outlives this, however the demo ends. */
final class UnmovedRuns implements AutoCloseable {
  private final Set<Process> running = ConcurrentHashMap.newKeySet();
  private final Thread atExit = new Thread(this::killAll, "godwit-demo-exit");
  private volatile boolean closed;

  UnmovedRuns() {
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /**
   * Runs a program to its end.
   *
   * @param output a file for what it prints
   */
  Outcome run(DemoProgram program, Path output, long seconds)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(program.command())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(output.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    running.add(process);
    try {
      if (closed || !process.waitFor(seconds, TimeUnit.SECONDS)) {
        throw new IOException("unmoved, it did not end within " + seconds + " s");
      }
      return new Outcome(Files.readAllBytes(output), process.exitValue());
    } finally {
      kill(process);
      running.remove(process);
    }
  }

  private static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private void killAll() {
    closed = true;
    running.forEach(UnmovedRuns::kill);
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException alreadyEnding) {
      return;
    }
    killAll();
  }
}

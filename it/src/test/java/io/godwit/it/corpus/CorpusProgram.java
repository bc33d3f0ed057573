package io.godwit.it.corpus;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One program of the corpus.
 *
 * @param name unique, short, fit for a pod's name
 * @param executables what has to be on the PATH
 * @param command what to run, with the working directory as its current one; it writes {@code
 *     result} there
 * @param inputs makes the inputs in the working directory, the same at each call
 * @param result reads what has to equal the unmoved run's from the working directory
 */
public record CorpusProgram(
    String name, List<String> executables, List<String> command, Inputs inputs, Result result) {

  /** Makes the inputs of a run. */
  @FunctionalInterface
  public interface Inputs {
    void makeIn(Path directory) throws IOException;
  }

  /** Reads the result of a run. */
  @FunctionalInterface
  public interface Result {
    String readFrom(Path directory) throws IOException, InterruptedException;
  }

  /** The first executable that this machine lacks, if any. */
  public Optional<String> missing() {
    return executables.stream().filter(name -> onPath(name).isEmpty()).findFirst();
  }

  /** The path of an executable by the PATH of this process. */
  static Optional<Path> onPath(String name) {
    for (String directory : System.getenv().getOrDefault("PATH", "/usr/bin:/bin").split(":")) {
      Path file = Path.of(directory, name);
      if (Files.isExecutable(file)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  @Override
  public String toString() {
    return name;
  }
}

package io.godwit.node.pod;

import io.godwit.core.GodwitException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds a program as a shell does: by its path, or on the PATH of its own environment. */
final class PodPrograms {
  private static final String USUAL_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

  private PodPrograms() {}

  static PodSpec resolve(PodSpec spec) {
    if (!(spec.start() instanceof PodSpec.Program program)) {
      return spec;
    }
    PodSpec.Program found =
        new PodSpec.Program(
            find(program),
            program.arguments(),
            program.environment(),
            program.directory(),
            program.owner(),
            program.umask(),
            program.limits());
    return new PodSpec(
        spec.id(), spec.hostname(), spec.network(), spec.console(), spec.clocks(), found);
  }

  private static String find(PodSpec.Program program) {
    if (program.file().isEmpty() || program.file().contains("/")) {
      return program.file();
    }
    String path = USUAL_PATH;
    for (String entry : program.environment()) {
      if (entry.startsWith("PATH=")) {
        path = entry.substring("PATH=".length());
      }
    }
    Path notExecutable = null;
    for (String directory : path.split(":")) {
      Path at = Path.of(program.directory()).resolve(directory).resolve(program.file());
      if (Files.isRegularFile(at)) {
        if (Files.isExecutable(at)) {
          return at.toString();
        }
        notExecutable = at;
      }
    }
    if (notExecutable != null) {
      return notExecutable.toString(); // the kernel says why it cannot be executed
    }
    throw new GodwitException(
        PodError.PROGRAM_NOT_FOUND,
        "the program " + program.file() + " cannot be started",
        "it is in none of the directories of PATH: " + path,
        "name its path, or add its directory to PATH");
  }
}

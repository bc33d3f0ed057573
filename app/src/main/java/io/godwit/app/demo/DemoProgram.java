package io.godwit.app.demo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A program of the demo: what it prints on standard output depends on nothing but itself, so that
 * two runs can be compared.
 *
 * @param about what it is, for people
 */
record DemoProgram(String name, String about, List<String> command) {
  private static final int DATA_BYTES = 6 << 20;
  private static final int TICKS = 200;

  DemoProgram {
    command = List.copyOf(command);
  }

  /**
   * What this machine has of the demo's programs.
   *
   * @param directory for the data that they work on
   */
  static List<DemoProgram> available(Path directory) throws java.io.IOException {
    List<DemoProgram> programs = new ArrayList<>();
    programs.add(
        new DemoProgram(
            "ticks",
            "a shell that prints a line every 50 ms",
            List.of(
                "sh",
                "-c",
                "i=0; while [ $i -lt "
                    + TICKS
                    + " ]; do echo \"tick $i\"; i=$((i+1)); sleep 0.05; done")));
    if (find("xz").isPresent() && find("sha256sum").isPresent()) {
      Path data = Files.write(directory.resolve("data"), DemoData.bytes(DATA_BYTES));
      programs.add(
          new DemoProgram(
              "pipeline",
              "xz -6 into sha256sum, 6 MiB",
              List.of("sh", "-c", "xz -6 -T1 -c \"$1\" | sha256sum", "sh", data.toString())));
    }
    programs.add(
        new DemoProgram(
            "jvm",
            "a Java program with " + DemoThreads.THREADS + " threads of its own",
            List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:-UsePerfData",
                "-Xmx64m",
                "-cp",
                classPath(),
                DemoThreads.class.getName())));
    find("perl")
        .ifPresent(
            perl ->
                programs.add(
                    new DemoProgram(
                        "perl",
                        "a loop in perl",
                        List.of(
                            perl.toString(),
                            "-e",
                            "my $h=7; for my $i (1..26000000) { $h=($h*31+$i)%1000000007 }"
                                + " print \"$h\\n\"; "))));
    find("python3")
        .ifPresent(
            python ->
                programs.add(
                    new DemoProgram(
                        "python",
                        "python3 with 4 threads",
                        List.of(python.toString(), "-c", PYTHON))));
    return programs;
  }

  private static final String PYTHON =
      """
      import hashlib, threading
      out = [b""] * 4
      def work(n):
          h = bytes([n])
          for _ in range(800000):
              h = hashlib.sha256(h).digest()
          out[n] = h
      threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
      for t in threads: t.start()
      for t in threads: t.join()
      print(hashlib.sha256(b"".join(out)).hexdigest())
      """;

  /** The class path with absolute paths: the program starts elsewhere. */
  private static String classPath() {
    List<String> parts = new ArrayList<>();
    for (String part : System.getProperty("java.class.path", "").split(":")) {
      parts.add(Path.of(part).toAbsolutePath().normalize().toString());
    }
    return String.join(":", parts);
  }

  private static Optional<Path> find(String program) {
    String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
    // The system's own first: what stands in a home directory is often a script around it.
    for (String directory : ("/usr/bin:/bin:" + path).split(":")) {
      Path at = Path.of(directory, program);
      if (directory.startsWith("/") && Files.isExecutable(at)) {
        return Optional.of(at);
      }
    }
    return Optional.empty();
  }
}

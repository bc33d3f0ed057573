package io.godwit.it.corpus;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** The programs, each sized to run for some seconds on one slow core. */
public final class Corpus {
  private static final int TEXT_MEBIBYTES = 3;

  private Corpus() {}

  /** All programs, in the order in which they are moved. */
  public static List<CorpusProgram> programs() {
    return List.of(
        new CorpusProgram(
            "xz",
            List.of("xz"),
            List.of("sh", "-c", "exec xz -6 -T1 -c input > result"),
            directory -> text(directory.resolve("input")),
            directory -> digest(directory.resolve("result"))),
        new CorpusProgram(
            "pipeline",
            List.of("sha256sum", "tr", "od"),
            List.of(
                "sh",
                "-c",
                "for i in 1 2 3 4 5 6; do cat input; done | od -An -tx1 -v | tr -d ' \\n' | sha256sum"
                    + " > result"),
            directory -> text(directory.resolve("input")),
            Corpus::resultFile),
        script("bash", "bash", "children.sh", List.of("bash", "children.sh", "800")),
        script("python3", "python3", "threads.py", List.of("python3", "threads.py", "1500")),
        script("perl", "perl", "words.pl", List.of("perl", "words.pl", "12000000")),
        script("awk", "awk", "sums.awk", List.of("awk", "-v", "rounds=10000000", "-f", "sums.awk")),
        new CorpusProgram(
            "gcc",
            List.of("gcc"),
            List.of("gcc", "-O2", "-c", "big.c", "-o", "result"),
            directory -> Files.writeString(directory.resolve("big.c"), bigSource()),
            directory -> digest(directory.resolve("result"))),
        new CorpusProgram(
            "sqlite3",
            List.of("sqlite3"),
            List.of("sqlite3", "-bail", "base.db", ".read statements.sql"),
            directory -> Files.writeString(directory.resolve("statements.sql"), statements()),
            Corpus::database),
        script(
            "jvm",
            "java",
            "Threads.java",
            List.of("java", "-XX:+UseG1GC", "-Xmx256m", "Threads.java", "50000")),
        script("node", "node", "events.js", List.of("node", "events.js", "1000")));
  }

  private static CorpusProgram script(
      String name, String executable, String script, List<String> command) {
    return new CorpusProgram(
        name,
        List.of(executable),
        command,
        directory -> copyScript(script, directory),
        Corpus::resultFile);
  }

  private static void copyScript(String script, Path directory) throws IOException {
    try (InputStream in = Corpus.class.getResourceAsStream("/corpus/" + script)) {
      if (in == null) {
        throw new IOException("the corpus has no " + script);
      }
      Files.write(directory.resolve(script), in.readAllBytes());
    }
  }

  private static String resultFile(Path directory) throws IOException {
    return Files.readString(directory.resolve("result"));
  }

  /** Text of a small vocabulary: compressible, but not at once. */
  private static void text(Path file) throws IOException {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
    byte[] bytes = new byte[TEXT_MEBIBYTES << 20];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = i % 7 == 6 ? (byte) ' ' : (byte) ('a' + random.nextInt(16));
    }
    Files.write(file, bytes);
  }

  /** Functions enough to keep the optimiser busy for some seconds. */
  private static String bigSource() {
    StringBuilder source = new StringBuilder("#include <stdint.h>\n");
    for (int f = 0; f < 260; f++) {
      source
          .append("uint64_t f%d(uint64_t *a, int n) {\n".formatted(f))
          .append("  uint64_t s = %d;\n".formatted(f))
          .append("  for (int i = 0; i < n; i++) {\n")
          .append("    s = s * %dull + a[i];\n".formatted(6364136223846793005L >>> (f % 13)))
          .append("    switch (s %% %d) {\n".formatted(5 + f % 11))
          .append("      case 0: a[i] ^= s; break;\n      case 1: s += a[(i * 7) % n]; break;\n")
          .append(
              "      case 2: a[i] = s / (a[i] | 1); break;\n      default: s ^= s >> 7;\n    }\n")
          .append(
              "  }\n  return s%s;\n}\n".formatted(f > 0 ? " + f" + (f - 1) + "(a, n / 2)" : ""));
    }
    return source.toString();
  }

  /** Transactions, an index, updates and deletes; every commit is synchronous. */
  private static String statements() {
    StringBuilder sql =
        new StringBuilder(
            """
            PRAGMA journal_mode=DELETE;
            CREATE TABLE flights(id INTEGER PRIMARY KEY, ring TEXT, km INTEGER, note TEXT);
            CREATE INDEX by_ring ON flights(ring);
            """);
    for (int t = 0; t < 600; t++) {
      sql.append("BEGIN;\n");
      for (int i = 0; i < 120; i++) {
        int id = t * 120 + i;
        sql.append(
            "INSERT INTO flights VALUES(%d,'r%d',%d,printf('%%.*c', 200, 'x'));\n"
                .formatted(id, id * 7919 % 10007, id % 13000));
      }
      sql.append("UPDATE flights SET km = km + 1 WHERE id %% 17 = %d;\n".formatted(t % 17));
      sql.append("DELETE FROM flights WHERE id %% 101 = %d;\nCOMMIT;\n".formatted(t % 101));
    }
    return sql.toString();
  }

  private static String database(Path directory) throws IOException, InterruptedException {
    Process check =
        new ProcessBuilder("sqlite3", "base.db", "PRAGMA integrity_check; SELECT * FROM flights;")
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    byte[] answer = check.getInputStream().readAllBytes();
    int status = check.waitFor();
    String firstLine = new String(answer, StandardCharsets.UTF_8).lines().findFirst().orElse("");
    return "status %d, integrity %s, rows %s".formatted(status, firstLine, sha256(answer));
  }

  private static String digest(Path file) throws IOException {
    return sha256(Files.readAllBytes(file));
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}

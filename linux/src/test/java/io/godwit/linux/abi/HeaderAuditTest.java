package io.godwit.linux.abi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compares every constant, layout and system call number with the C headers of this machine, by
 * letting the C compiler check an assertion for each. What these headers do not have (they may be
 * older than the running kernel) is listed, not failed.
 */
class HeaderAuditTest {
  @BeforeAll
  static void aCompilerIsThere() {
    assumeTrue(
        HeaderAudit.compilerWorks(), "no C compiler: constants and layouts are not compared");
  }

  @Test
  void constantsAndLayouts(@TempDir Path dir, TestReporter reporter) throws Exception {
    List<HeaderAudit.Result> results = new ArrayList<>();
    for (Class<?> annotated : annotatedClasses()) {
      results.add(HeaderAudit.of(annotated).compile(dir));
    }
    results.add(
        HeaderAudit.of(Ptrace.class, List.of("linux/ptrace.h"), "PTRACE_", Set.of("NT_X86_XSTATE"))
            .compile(dir));
    results.add(HeaderAudit.of(Signals.class, List.of("signal.h"), "", Set.of("MAX")).compile(dir));
    results.add(waitFlags().compile(dir));
    assertThat(results).as("classes with @CHeaders").isNotEmpty();
    report(results, reporter);
    assertThat(results).flatExtracting(HeaderAudit.Result::wrong).isEmpty();
    assertThat(results).allMatch(r -> r.checked() > 0);
  }

  @Test
  void systemCallNumbers(@TempDir Path dir, TestReporter reporter) throws Exception {
    assumeTrue(Architecture.current().name().equals("x86_64"), "headers are of this machine");
    HeaderAudit audit = new HeaderAudit("system calls", List.of("asm/unistd.h"));
    for (Syscall call : Syscall.values()) {
      // Numbers of calls that were never built into x86-64 stand under their old names.
      String name = call == Syscall.SYSCTL ? "_sysctl" : call.manualName();
      audit.constant("__NR_" + name, Architecture.current().number(call), false);
    }
    HeaderAudit.Result result = audit.compile(dir);
    report(List.of(result), reporter);
    assertThat(result.wrong()).isEmpty();
    assertThat(result.checked()).isGreaterThan(330);
  }

  @Test
  void errorNumbers(@TempDir Path dir) throws Exception {
    HeaderAudit audit = new HeaderAudit("error numbers", List.of("errno.h"));
    for (Errno errno : Errno.values()) {
      audit.constant(errno.name(), errno.number(), false);
    }
    HeaderAudit.Result result = audit.compile(dir);
    assertThat(result.wrong()).isEmpty();
    assertThat(result.missing()).isEmpty();
  }

  @Test
  void whatIsWrongIsFound(@TempDir Path dir) throws Exception {
    HeaderAudit.Result result = HeaderAudit.of(WrongAbi.class).compile(dir);
    assertThat(result.wrong())
        .anyMatch(w -> w.contains("O_WRONLY"))
        .anyMatch(w -> w.contains("l_len"))
        .anyMatch(w -> w.contains("size of struct flock"));
    assertThat(result.missing()).containsExactly("WrongAbi: O_NO_SUCH_FLAG");
    assertThat(result.wrong()).noneMatch(w -> w.contains("O_RDONLY"));
  }

  private static HeaderAudit waitFlags() {
    HeaderAudit audit = new HeaderAudit("WaitStatus", List.of("sys/wait.h", "elf.h"));
    audit.constant("WNOHANG", WaitStatus.WNOHANG, false);
    audit.constant("__WALL", WaitStatus.WALL, false);
    audit.constant("__WNOTHREAD", WaitStatus.WNOTHREAD, false);
    audit.constant("NT_X86_XSTATE", Ptrace.NT_X86_XSTATE, false);
    return audit;
  }

  private static void report(List<HeaderAudit.Result> results, TestReporter reporter) {
    TreeMap<String, String> entries = new TreeMap<>();
    int checked = 0;
    List<String> missing = new ArrayList<>();
    for (HeaderAudit.Result result : results) {
      checked += result.checked();
      missing.addAll(result.missing());
    }
    entries.put("compared", Integer.toString(checked));
    entries.put("not in these headers", String.join(", ", missing));
    reporter.publishEntry(entries);
  }

  /** Every class of the module's main output that carries the annotation. */
  private static List<Class<?>> annotatedClasses() throws Exception {
    URI location = Kernel.class.getProtectionDomain().getCodeSource().getLocation().toURI();
    Path root = Path.of(location);
    assumeTrue(Files.isDirectory(root), "the classes are in a jar");
    List<Class<?>> annotated = new ArrayList<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(p -> p.toString().endsWith(".class")).sorted().toList()) {
        String name = root.relativize(file).toString().replace('/', '.');
        Class<?> type = load(name.substring(0, name.length() - ".class".length()));
        if (type.isAnnotationPresent(CHeaders.class) && type != WrongAbi.class) {
          annotated.add(type);
        }
      }
    }
    return annotated;
  }

  private static Class<?> load(String name) throws ClassNotFoundException {
    return Class.forName(name, false, HeaderAuditTest.class.getClassLoader());
  }

  /** Waits for a process that was started, so that none is left. */
  static int run(List<String> command, Path output) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      return process.waitFor(2, TimeUnit.MINUTES) ? process.exitValue() : -1;
    } finally {
      process.destroyForcibly();
    }
  }
}

package io.godwit.it.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the source files must keep to, and no compiler checks. */
class SourcesTest {
  private static final int MAX_LINES = 600;
  private static final Pattern ERROR_CODE =
      Pattern.compile("\\b[A-Z][A-Z0-9_]*\\(\\s*\"(GW-[A-Z]+-\\d{3})\"");

  private static List<Path> sources() throws IOException {
    Path root = Path.of("..").toAbsolutePath().normalize();
    List<Path> found = new ArrayList<>();
    try (Stream<Path> modules = Files.list(root)) {
      for (Path module : modules.filter(each -> Files.exists(each.resolve("pom.xml"))).toList()) {
        Path src = module.resolve("src");
        if (Files.isDirectory(src)) {
          try (Stream<Path> files = Files.walk(src)) {
            files.filter(file -> file.toString().endsWith(".java")).forEach(found::add);
          }
        }
      }
    }
    assertThat(found).hasSizeGreaterThan(100);
    return found;
  }

  @Test
  void filesAreShort() throws IOException {
    for (Path file : sources()) {
      try (Stream<String> lines = Files.lines(file)) {
        assertThat(lines.count()).as(file.toString()).isLessThan(MAX_LINES);
      }
    }
  }

  @Test
  void everyPackageSaysHowItWorks() throws IOException {
    TreeSet<Path> without = new TreeSet<>();
    for (Path file : sources()) {
      Path directory = file.getParent();
      boolean main = directory != null && directory.toString().contains("/src/main/java/");
      if (main && !Files.exists(directory.resolve("package-info.java"))) {
        without.add(directory);
      }
    }
    assertThat(without).isEmpty();
  }

  @Test
  void errorCodesAreUnique() throws IOException {
    Map<String, Path> owners = new HashMap<>();
    for (Path file : sources()) {
      if (file.toString().contains("/src/main/java/")) {
        Matcher matcher = ERROR_CODE.matcher(Files.readString(file));
        while (matcher.find()) {
          Path before = owners.put(matcher.group(1), file);
          assertThat(before).as(matcher.group(1) + " in " + file).isNull();
        }
      }
    }
    assertThat(owners).hasSizeGreaterThan(20);
  }
}

package io.godwit.linux.abi;

import java.io.IOException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.StructLayout;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Builds a C file of assertions, one to a line, and sorts what the compiler says of each line. */
final class HeaderAudit {
  private static final Pattern ERROR = Pattern.compile("[^:]+:(\\d+):\\d+: error: (.*)");

  private final String name;
  private final List<String> source = new ArrayList<>();
  private final Map<Integer, String> items = new LinkedHashMap<>();

  HeaderAudit(String name, List<String> headers) {
    this.name = name;
    source.add("#define _GNU_SOURCE");
    source.add("#include <stddef.h>");
    for (String header : headers) {
      source.add("#if __has_include(<" + header + ">)");
      source.add("#include <" + header + ">");
      source.add("#endif");
    }
  }

  /** What came out; the texts name the class and the constant or member. */
  record Result(int checked, List<String> wrong, List<String> missing) {}

  /** Takes the constants and layouts of an annotated class. */
  static HeaderAudit of(Class<?> type) throws IllegalAccessException {
    return of(type, List.of(type.getAnnotation(CHeaders.class).value()), "", Set.of());
  }

  /**
   * Takes those of a class that names them in its own way.
   *
   * @param prefix before each name in C
   * @param except constants that the headers do not have under that prefix
   */
  static HeaderAudit of(Class<?> type, List<String> headers, String prefix, Set<String> except)
      throws IllegalAccessException {
    HeaderAudit audit = new HeaderAudit(type.getSimpleName(), headers);
    for (Field field : type.getDeclaredFields()) {
      if (!Modifier.isStatic(field.getModifiers())
          || field.isSynthetic()
          || field.isAnnotationPresent(NotInHeaders.class)
          || except.contains(field.getName())) {
        continue;
      }
      field.setAccessible(true);
      CStruct struct = field.getAnnotation(CStruct.class);
      if (struct != null) {
        audit.layout(struct.value(), (StructLayout) field.get(null));
      } else if (field.getName().equals(field.getName().toUpperCase(java.util.Locale.ROOT))) {
        if (field.getType() == int.class) {
          audit.constant(prefix + field.getName(), field.getInt(null), false);
        } else if (field.getType() == long.class) {
          audit.constant(prefix + field.getName(), field.getLong(null), true);
        }
      }
    }
    return audit;
  }

  void constant(String macro, long value, boolean wide) {
    String cast = wide ? "(long long)" : "(int)";
    check(macro, cast + "(" + macro + ") == " + cast + value + "LL");
  }

  private void layout(String type, StructLayout layout) {
    check("size of " + type, "sizeof(" + type + ") == " + layout.byteSize());
    long offset = 0;
    for (MemoryLayout member : layout.memberLayouts()) {
      if (!(member instanceof PaddingLayout) && member.name().isPresent()) {
        String path = member.name().get();
        String item = type + "." + path;
        check(item + " offset", "offsetof(" + type + ", " + path + ") == " + offset);
        check(item + " size", "sizeof(((" + type + " *)0)->" + path + ") == " + member.byteSize());
      }
      offset += member.byteSize();
    }
  }

  private void check(String item, String condition) {
    source.add("_Static_assert(" + condition + ", \"differs\");");
    items.put(source.size(), item);
  }

  Result compile(Path dir) throws IOException, InterruptedException {
    Path file = dir.resolve(name.replace(' ', '_') + ".c");
    Path log = dir.resolve(name.replace(' ', '_') + ".log");
    Files.write(file, source);
    int status =
        HeaderAuditTest.run(
            List.of("gcc", "-std=gnu11", "-fsyntax-only", "-fmax-errors=0", file.toString()), log);
    String said = Files.readString(log);
    TreeSet<String> wrong = new TreeSet<>();
    TreeSet<String> missing = new TreeSet<>();
    for (String line : said.split("\n")) {
      Matcher m = ERROR.matcher(line);
      if (m.matches()) {
        String item = items.get(Integer.parseInt(m.group(1)));
        if (item == null) {
          wrong.add(name + ": the headers do not compile: " + m.group(2));
        } else if (m.group(2).contains("static assertion failed")) {
          wrong.add(name + ": " + item);
        } else if (isMissing(m.group(2))) {
          missing.add(name + ": " + item);
        } else {
          wrong.add(name + ": " + item + ": " + m.group(2));
        }
      } else if (line.contains("fatal error")) {
        wrong.add(name + ": " + line);
      }
    }
    if (status != 0 && wrong.isEmpty() && missing.isEmpty()) {
      wrong.add(name + ": the compiler failed without a reason: " + said);
    }
    return new Result(
        items.size() - wrong.size() - missing.size(), List.copyOf(wrong), List.copyOf(missing));
  }

  private static boolean isMissing(String error) {
    return error.contains("undeclared")
        || error.contains("incomplete type")
        || error.contains("undefined type")
        || error.contains("has no member")
        // What follows from a symbol that was not declared before.
        || error.contains("is not constant")
        || error.contains("is not an integer");
  }

  static boolean compilerWorks() {
    try {
      Path log = Files.createTempFile("compiler", ".log");
      try {
        return HeaderAuditTest.run(List.of("gcc", "--version"), log) == 0;
      } finally {
        Files.delete(log);
      }
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}

package io.godwit.policy.profile;

import io.godwit.policy.Suggestion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** Reads typed values from one TOML table and gathers what is wrong with it. */
final class TomlReader {
  private static final Pattern DURATION =
      Pattern.compile("(\\d{1,12}(?:\\.\\d{1,9})?)(ms|s|min|h)");
  private static final int MOST_STRINGS = 1000;

  private final @Nullable TomlTable table;
  private final String prefix;
  private final List<String> problems;
  private final Set<String> known = new TreeSet<>();

  TomlReader(@Nullable TomlTable table, String prefix, List<String> problems) {
    this.table = table;
    this.prefix = prefix;
    this.problems = problems;
  }

  TomlReader table(String key) {
    Object value = value(key);
    if (value != null && !(value instanceof TomlTable)) {
      problem(key, "is a section: write [" + prefix + key + "]");
      value = null;
    }
    return new TomlReader((TomlTable) value, prefix + key + ".", problems);
  }

  String string(String key, String otherwise) {
    Object value = value(key);
    if (value instanceof String text) {
      return text;
    }
    if (value != null) {
      problem(key, "is a text in quotes");
    }
    return otherwise;
  }

  <E extends Enum<E>> E choice(String key, Class<E> type, E otherwise) {
    List<String> words = Arrays.stream(type.getEnumConstants()).map(TomlReader::word).toList();
    String text = word(string(key, words, word(otherwise)));
    for (E constant : type.getEnumConstants()) {
      if (word(constant).equals(text)) {
        return constant;
      }
    }
    return otherwise;
  }

  /** A text that must be one of the given words. */
  String string(String key, List<String> words, String otherwise) {
    String text = string(key, otherwise);
    if (words.contains(text)) {
      return text;
    }
    String hint =
        Suggestion.closest(text, words).map(meant -> "; did you mean '" + meant + "'?").orElse("");
    problem(key, "is one of " + String.join(", ", words) + ", not '" + text + "'" + hint);
    return otherwise;
  }

  /** A time such as {@code 500ms}, {@code 2s}, {@code 1.5min}, {@code 1h}, in nanoseconds. */
  long duration(String key, long otherwise) {
    String text = string(key, "");
    if (text.isEmpty()) {
      return otherwise;
    }
    if (text.equals("forever")) {
      return Long.MAX_VALUE;
    }
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      problem(key, "is a time such as \"500ms\", \"2s\", \"5min\" or \"forever\"");
      return otherwise;
    }
    double unit =
        switch (matcher.group(2)) {
          case "ms" -> 1e6;
          case "s" -> 1e9;
          case "min" -> 60e9;
          default -> 3600e9;
        };
    return (long) (Double.parseDouble(matcher.group(1)) * unit);
  }

  double number(String key, double least, double most, double otherwise) {
    Object value = value(key);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Number number
        && number.doubleValue() >= least
        && number.doubleValue() <= most) {
      return number.doubleValue();
    }
    problem(key, "is a number from " + plain(least) + " to " + plain(most));
    return otherwise;
  }

  int integer(String key, int least, int most, int otherwise) {
    Object value = value(key);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Long number && number >= least && number <= most) {
      return number.intValue();
    }
    problem(key, "is a whole number from " + least + " to " + most);
    return otherwise;
  }

  List<String> strings(String key) {
    Object value = value(key);
    List<String> strings = new ArrayList<>();
    if (value == null) {
      return strings;
    }
    if (!(value instanceof TomlArray array) || array.size() > MOST_STRINGS) {
      problem(key, "is a list of at most " + MOST_STRINGS + " texts");
      return strings;
    }
    for (Object element : array.toList()) {
      if (element instanceof String text) {
        strings.add(text);
      } else {
        problem(key, "holds texts in quotes only");
        return strings;
      }
    }
    return strings;
  }

  Set<String> set(String key) {
    return new LinkedHashSet<>(strings(key));
  }

  /** To be called when all values have been read: what nobody asked for is unknown. */
  void rejectUnknown() {
    if (table == null) {
      return;
    }
    for (String key : new TreeSet<>(table.keySet())) {
      if (!known.contains(key)) {
        String hint =
            Suggestion.closest(key, known)
                .map(meant -> "; did you mean '" + meant + "'?")
                .orElse("; known are " + String.join(", ", known));
        problem(key, "is not known" + hint);
      }
    }
  }

  void problem(String key, String text) {
    problems.add(position(key) + "'" + prefix + key + "' " + text);
  }

  private String position(String key) {
    TomlPosition position =
        table == null || !table.contains(List.of(key)) ? null : table.inputPositionOf(List.of(key));
    return position == null ? "" : "line " + position.line() + ": ";
  }

  private @Nullable Object value(String key) {
    known.add(key);
    return table == null ? null : table.get(List.of(key));
  }

  private static String word(Enum<?> constant) {
    return word(constant.name());
  }

  private static String word(String text) {
    return text.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String plain(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e15
        ? Long.toString((long) number)
        : Double.toString(number);
  }
}

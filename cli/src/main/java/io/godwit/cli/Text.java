package io.godwit.cli;

import io.godwit.core.GodwitException;
import io.godwit.core.control.PodName;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.IGetter;
import picocli.CommandLine.Model.ISetter;

/** An option or argument with one value, kept as it was typed; read as what it stands for. */
public final class Text implements IGetter, ISetter {
  private final String label;
  private @Nullable String value;

  Text(String label) {
    this.label = label;
  }

  /** What was typed, or null. */
  public @Nullable String value() {
    return value;
  }

  /** What was typed; the parser has seen to it that there is something. */
  public String required() {
    if (value == null) {
      throw bad("it is missing");
    }
    return value;
  }

  /** What was typed, or that. */
  public String orElse(String otherwise) {
    return value == null ? otherwise : value;
  }

  /** A path, or null. */
  public @Nullable Path path() {
    try {
      return value == null ? null : Path.of(value);
    } catch (InvalidPathException e) {
      throw bad("'" + value + "' is not a path");
    }
  }

  /** A directory as an absolute path, this process's own where none was typed. */
  String directory() {
    Path given = path();
    Path base = Path.of(System.getProperty("user.dir", "/"));
    return (given == null ? base : base.resolve(given)).normalize().toString();
  }

  /** A name for a process, or null. */
  @Nullable String podName() {
    String typed = value;
    if (typed != null && !PodName.isValid(typed)) {
      throw bad(PodName.complaint(typed));
    }
    return typed;
  }

  /** A whole number within [min, max], or the default. */
  public long number(long otherwise, long min, long max) {
    if (value == null) {
      return otherwise;
    }
    try {
      long number = Long.parseLong(value);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw bad("'" + value + "' is not a whole number");
    }
    throw bad("'" + value + "' is not between " + min + " and " + max);
  }

  /** A span such as {@code 90s}, {@code 10m} or {@code 2h}; a bare number counts seconds. */
  public Duration span(Duration otherwise) {
    if (value == null) {
      return otherwise;
    }
    String digits = value.replaceFirst("[smhd]$", "");
    if (digits.isEmpty() || digits.length() > 6 || !digits.chars().allMatch(Text::isDigit)) {
      throw bad("'" + value + "' is no span of time such as 90s, 10m or 2h");
    }
    long number = Long.parseLong(digits);
    if (number == 0) {
      throw bad("it must be longer than nothing");
    }
    return switch (value.charAt(value.length() - 1)) {
      case 'm' -> Duration.ofMinutes(number);
      case 'h' -> Duration.ofHours(number);
      case 'd' -> Duration.ofDays(number);
      default -> Duration.ofSeconds(number);
    };
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  /** The failure that names this value and what is wrong with it. */
  public GodwitException bad(String why) {
    return new GodwitException(
        CliError.BAD_VALUE, "nothing was done", label + ": " + why, "see the command's --help");
  }

  @Override
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the interface's own shape
  public <T> @Nullable T get() {
    return (T) value;
  }

  @Override
  public <T> T set(T newValue) {
    value = (String) newValue;
    return newValue;
  }
}

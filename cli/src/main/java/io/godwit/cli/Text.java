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

  /** A short span such as {@code 20ms} or {@code 2s}, in microseconds; a bare number counts ms. */
  public long micros(long otherwise, long most) {
    if (value == null) {
      return otherwise;
    }
    String digits = value.replaceFirst("(ms|s)$", "");
    if (digits.isEmpty() || digits.length() > 6 || !digits.chars().allMatch(Text::isDigit)) {
      throw bad("'" + value + "' is no short span of time such as 20ms or 2s");
    }
    boolean seconds = value.endsWith("s") && !value.endsWith("ms");
    long micros = Long.parseLong(digits) * (seconds ? 1_000_000 : 1000);
    if (micros == 0 || micros > most) {
      throw bad("it must be from 1ms to " + most / 1_000_000 + "s");
    }
    return micros;
  }

  /** A size such as {@code 64KiB}, {@code 20MiB} or {@code 1GiB}; a bare number counts MiB. */
  public long size(long otherwise, long least) {
    if (value == null) {
      return otherwise;
    }
    String digits = value.replaceFirst("(KiB|MiB|GiB)$", "");
    if (digits.isEmpty() || digits.length() > 7 || !digits.chars().allMatch(Text::isDigit)) {
      throw bad("'" + value + "' is no size such as 64KiB, 20MiB or 1GiB");
    }
    int shift = value.endsWith("KiB") ? 10 : value.endsWith("GiB") ? 30 : 20;
    long size = Long.parseLong(digits) << shift;
    if (size < least) {
      throw bad("it must be at least " + Quantities.bytes(least));
    }
    return size;
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

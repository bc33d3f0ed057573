package io.godwit.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What the moved program wrote about itself; the form of the lines is told in {@code pace.c}. Times
 * are nanoseconds of the wall clock, which namespaces do not change.
 */
final class PaceLog {
  private static final int MAX_WORD = 40;

  /**
   * @param end the clock behind it
   */
  record Gap(long end, long nanos) {}

  /**
   * @param turns of the program's loop since the record before
   */
  record Pace(long end, long turns) {}

  /**
   * Touching a word of each of so many pages.
   *
   * @param slow touches that took longer than memory at hand does
   * @param medianNanos of the slow ones
   */
  record Sweep(long end, long nanos, long pages, long slow, long medianNanos, long p99Nanos) {}

  private final List<Gap> gaps = new ArrayList<>();
  private final List<Pace> paces = new ArrayList<>();
  private final List<Sweep> sweeps = new ArrayList<>();
  private int pid;
  private long backNanos;
  private boolean verified;
  private Optional<Long> damagedPage = Optional.empty();

  private PaceLog() {}

  /** Reads the log as far as it is written; the line that is being written is left out. */
  static PaceLog read(Path file) throws IOException {
    return of(Files.readString(file, StandardCharsets.US_ASCII));
  }

  static PaceLog of(String text) {
    PaceLog log = new PaceLog();
    int start = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      log.line(text.substring(start, end));
      start = end + 1;
    }
    return log;
  }

  private void line(String line) {
    String[] words = line.split(" ", -1);
    switch (words[0] + words.length) {
      case "ready2" -> pid = (int) number(words[1], line);
      case "gap3" -> gaps.add(new Gap(number(words[1], line), number(words[2], line)));
      case "back3" -> backNanos = Math.max(backNanos, number(words[2], line));
      case "pace3" -> paces.add(new Pace(number(words[1], line), number(words[2], line)));
      case "sweep7" ->
          sweeps.add(
              new Sweep(
                  number(words[1], line),
                  number(words[2], line),
                  number(words[3], line),
                  number(words[4], line),
                  number(words[5], line),
                  number(words[6], line)));
      case "verified2" -> verified = true;
      case "damaged2" -> damagedPage = Optional.of(number(words[1], line));
      default -> throw strange(line);
    }
  }

  private static long number(String word, String line) {
    try {
      return Long.parseLong(word);
    } catch (NumberFormatException e) {
      throw strange(line);
    }
  }

  private static IllegalArgumentException strange(String line) {
    return new IllegalArgumentException(
        "no line of a moved program: " + line.substring(0, Math.min(MAX_WORD, line.length())));
  }

  /** The process id that it told, 0 before it was ready. */
  int pid() {
    return pid;
  }

  /** The farthest that its monotonic clock ever went back, 0 for never. */
  long backNanos() {
    return backNanos;
  }

  boolean verified() {
    return verified;
  }

  /** The page that was not what the program wrote. */
  Optional<Long> damagedPage() {
    return damagedPage;
  }

  List<Sweep> sweeps() {
    return sweeps;
  }

  /** The longest gap that has a part in the window; 0 where there is none. */
  long longestGap(long from, long to) {
    long longest = 0;
    for (Gap gap : gaps) {
      if (gap.end() >= from && gap.end() - gap.nanos() <= to) {
        longest = Math.max(longest, gap.nanos());
      }
    }
    return longest;
  }

  /** Where the longest gap with a part in the window begins and ends. */
  Optional<Gap> longest(long from, long to) {
    Gap longest = null;
    for (Gap gap : gaps) {
      if (gap.end() >= from
          && gap.end() - gap.nanos() <= to
          && (longest == null || gap.nanos() > longest.nanos())) {
        longest = gap;
      }
    }
    return Optional.ofNullable(longest);
  }

  /** Turns of the loop a nanosecond, of records that lie wholly in the window. */
  OptionalDouble rate(long from, long to) {
    long turns = 0;
    long nanos = 0;
    long before = Long.MAX_VALUE;
    for (Pace pace : paces) {
      if (before >= from && before != Long.MAX_VALUE && pace.end() > before && pace.end() <= to) {
        turns += pace.turns();
        nanos += pace.end() - before;
      }
      before = pace.end();
    }
    return nanos == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) turns / nanos);
  }
}

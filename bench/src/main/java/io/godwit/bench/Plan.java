package io.godwit.bench;

import io.godwit.core.GodwitException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What shall be measured: every combination of the lists.
 *
 * @param runs moves of each cell that count
 * @param warmup moves before these
 * @param sweep whether the program shall touch all of its memory after a last move
 */
public record Plan(
    List<String> strategies,
    List<Integer> sizesMiB,
    List<Integer> workingSetsMiB,
    List<Integer> dirtyMiBPerSecond,
    List<Integer> threads,
    List<Integer> descriptors,
    int runs,
    int warmup,
    boolean sweep) {
  private static final int MANY_THREADS = 64;
  private static final int MOST_CELLS = 1000;

  public Plan {
    strategies = List.copyOf(strategies);
    sizesMiB = List.copyOf(sizesMiB);
    workingSetsMiB = List.copyOf(workingSetsMiB);
    dirtyMiBPerSecond = List.copyOf(dirtyMiBPerSecond);
    threads = List.copyOf(threads);
    descriptors = List.copyOf(descriptors);
  }

  /** Reads a list of sizes such as {@code 16MiB,1GiB}; a number alone is in MiB. */
  public static List<Integer> sizes(String text) {
    List<Integer> sizes = new ArrayList<>();
    for (String each : text.split(",", -1)) {
      String word = each.strip().toLowerCase(Locale.ROOT);
      int factor = word.endsWith("gib") ? 1024 : 1;
      String digits = word.replaceFirst("(mib|gib)$", "").strip();
      int number = number(digits, each, 1 << 20);
      if ((long) number * factor > 1 << 20) {
        throw bad(each, "it is more than 1024 GiB");
      }
      sizes.add(number * factor);
    }
    return sizes;
  }

  /** Reads a list of numbers such as {@code 1,64}. */
  public static List<Integer> numbers(String text, int most) {
    List<Integer> numbers = new ArrayList<>();
    for (String each : text.split(",", -1)) {
      numbers.add(number(each.strip(), each, most));
    }
    return numbers;
  }

  private static int number(String digits, String whole, int most) {
    try {
      int number = Integer.parseInt(digits);
      if (number >= 0 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw bad(whole, "it is no whole number with MiB, GiB or nothing behind it");
    }
    throw bad(whole, "it is not between 0 and " + most);
  }

  private static GodwitException bad(String text, String why) {
    return new GodwitException(
        BenchError.BAD_GRID,
        "nothing was measured",
        "'" + text + "': " + why,
        "write lists such as 16MiB,1GiB or 1,64");
  }

  /** Every combination, the small sizes first. */
  public List<Cell> cells() {
    List<Cell> cells = new ArrayList<>();
    for (Load load : loads()) {
      for (String strategy : strategies) {
        cells.add(new Cell(strategy, load));
      }
    }
    if (cells.size() > MOST_CELLS) {
      throw bad(cells.size() + " cells", "at most " + MOST_CELLS + " are measured at once");
    }
    return cells;
  }

  /** Every program that is moved. */
  public List<Load> loads() {
    List<Load> loads = new ArrayList<>();
    for (int size : sizesMiB) {
      for (int thread : threads) {
        for (int working : workingSetsMiB) {
          for (int dirty : dirtyMiBPerSecond) {
            List<Integer> files =
                descriptors.isEmpty() ? List.of(thread >= MANY_THREADS ? 200 : 10) : descriptors;
            for (int file : files) {
              loads.add(new Load(size, Math.min(working, size), dirty, thread, file));
            }
          }
        }
      }
    }
    return loads;
  }
}

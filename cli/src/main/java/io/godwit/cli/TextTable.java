package io.godwit.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Columns for people: as wide as their widest cell, numbers to the right. */
public final class TextTable {
  private final List<String[]> rows = new ArrayList<>();
  private final boolean[] right;

  /**
   * @param titles the column titles; one that begins with {@code >} is aligned to the right
   */
  public TextTable(String... titles) {
    right = new boolean[titles.length];
    String[] first = new String[titles.length];
    for (int i = 0; i < titles.length; i++) {
      right[i] = titles[i].startsWith(">");
      first[i] = right[i] ? titles[i].substring(1) : titles[i];
    }
    rows.add(first);
  }

  /** Adds a row of as many cells as there are titles. */
  public void row(String... cells) {
    if (cells.length != right.length) {
      throw new IllegalArgumentException(cells.length + " cells for " + right.length + " columns");
    }
    rows.add(cells);
  }

  /** Prints titles and rows; what could steer the terminal appears as {@code ?}. */
  public void print(PrintStream out) {
    lines().forEach(out::println);
  }

  /** The lines, titles first; a terminal is not steered by the name of a process. */
  public List<String> lines() {
    int[] widths = new int[right.length];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        row[i] = Cells.printable(row[i]);
        widths[i] = Math.max(widths[i], Cells.width(row[i]));
      }
    }
    List<String> lines = new ArrayList<>(rows.size());
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.length; i++) {
        int padding = widths[i] - Cells.width(row[i]);
        if (right[i]) {
          line.repeat(' ', padding).append(row[i]);
        } else {
          line.append(row[i]).repeat(' ', i == row.length - 1 ? 0 : padding);
        }
        if (i < row.length - 1) {
          line.append("  ");
        }
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }
}

package io.godwit.linux.proc;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Cuts the text of a file into lines. */
final class Lines {
  private Lines() {}

  static List<Line> of(String file, String text) {
    List<Line> lines = new ArrayList<>();
    int number = 0;
    for (int at = 0; at < text.length(); ) {
      int end = text.indexOf('\n', at);
      end = end < 0 ? text.length() : end;
      number++;
      if (number > ProcLimits.LINES) {
        throw new ProcFormatException(file, number, "too many lines", "");
      }
      lines.add(new Line(file, number, text.substring(at, end)));
      at = end + 1;
    }
    return lines;
  }

  /** The one line of a file that has only one. */
  static Line only(String file, String text) {
    List<Line> lines = of(file, text);
    if (lines.isEmpty()) {
      throw new ProcFormatException(file, 1, "the file is empty", "");
    }
    return lines.getFirst();
  }

  /** Parses every line after the first {@code headings}. */
  static <T> List<T> map(String file, String text, int headings, Function<Line, T> parser) {
    List<Line> lines = of(file, text);
    List<T> parsed = new ArrayList<>(lines.size());
    for (int i = headings; i < lines.size(); i++) {
      if (!lines.get(i).text().isBlank()) {
        parsed.add(parser.apply(lines.get(i)));
      }
    }
    return List.copyOf(parsed);
  }
}

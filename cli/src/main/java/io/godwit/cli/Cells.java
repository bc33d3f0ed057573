package io.godwit.cli;

/**
 * Text as a terminal shows it, in columns: letters of East Asian scripts and most pictographs take
 * two, combining marks none (Unicode Standard Annex 11).
 */
public final class Cells {
  private static final char ELLIPSIS = '…';

  /** First and last code point of what takes two columns. */
  private static final int[][] WIDE = {
    {0x1100, 0x115f}, // Hangul Jamo, leading consonants
    {0x231a, 0x231b},
    {0x23e9, 0x23ec},
    {0x2614, 0x2615},
    {0x26a1, 0x26a1},
    {0x2705, 0x2705},
    {0x2728, 0x2728},
    {0x274c, 0x274c},
    {0x2e80, 0x303e}, // radicals, CJK punctuation
    {0x3041, 0x33ff}, // kana, Bopomofo, compatibility
    {0x3400, 0x4dbf},
    {0x4e00, 0x9fff},
    {0xa000, 0xa4cf}, // Yi
    {0xa960, 0xa97f},
    {0xac00, 0xd7a3}, // Hangul syllables
    {0xf900, 0xfaff},
    {0xfe30, 0xfe6f},
    {0xff00, 0xff60}, // full-width forms
    {0xffe0, 0xffe6},
    {0x1f300, 0x1f64f}, // pictographs
    {0x1f680, 0x1f6ff},
    {0x1f900, 0x1f9ff},
    {0x1fa70, 0x1faff},
    {0x20000, 0x3fffd} // supplementary ideographs
  };

  private Cells() {}

  /**
   * The text without what could steer a terminal or reorder a line: control and format characters,
   * line separators and lone surrogates appear as {@code ?}.
   */
  public static String printable(String text) {
    StringBuilder result = null;
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      int next = i + Character.charCount(point);
      boolean shown =
          switch (Character.getType(point)) {
            case Character.CONTROL,
                Character.FORMAT,
                Character.SURROGATE,
                Character.LINE_SEPARATOR,
                Character.PARAGRAPH_SEPARATOR ->
                false;
            default -> true;
          };
      if (!shown && result == null) {
        result = new StringBuilder(text.length()).append(text, 0, i);
      }
      if (result != null) {
        if (shown) {
          result.appendCodePoint(point);
        } else {
          result.append('?');
        }
      }
      i = next;
    }
    return result == null ? text : result.toString();
  }

  /** Columns that printable text takes. */
  public static int width(String text) {
    int width = 0;
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      width += width(point);
      i += Character.charCount(point);
    }
    return width;
  }

  private static int width(int point) {
    if (point < 0x300) {
      return 1;
    }
    int type = Character.getType(point);
    if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
      return 0;
    }
    for (int[] range : WIDE) {
      if (point >= range[0] && point <= range[1]) {
        return 2;
      }
    }
    return 1;
  }

  /** At most so many columns of printable text; what was cut ends with an ellipsis. */
  public static String fit(String text, int columns) {
    if (width(text) <= columns) {
      return text;
    }
    if (columns <= 0) {
      return "";
    }
    StringBuilder cut = new StringBuilder();
    int room = columns - 1;
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      room -= width(point);
      if (room < 0) {
        break;
      }
      cut.appendCodePoint(point);
      i += Character.charCount(point);
    }
    return cut.append(ELLIPSIS).toString();
  }

  /** Exactly so many columns: cut, or filled with spaces. */
  public static String pad(String text, int columns) {
    String fitting = fit(text, columns);
    return fitting + " ".repeat(Math.max(0, columns - width(fitting)));
  }
}

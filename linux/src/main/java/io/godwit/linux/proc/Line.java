package io.godwit.linux.proc;

/** Walks over the fields of one line. Fields are separated by blanks and tabs. */
final class Line {
  private final String file;
  private final int number;
  private final String text;
  private int at;

  Line(String file, int number, String text) {
    this.file = file;
    this.number = number;
    this.text = text;
  }

  String text() {
    return text;
  }

  ProcFormatException wrong(String problem) {
    return new ProcFormatException(file, number, problem, text);
  }

  boolean atEnd() {
    skipBlanks();
    return at >= text.length();
  }

  private void skipBlanks() {
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
      at++;
    }
  }

  /** The next field. */
  String word() {
    skipBlanks();
    int from = at;
    while (at < text.length() && text.charAt(at) != ' ' && text.charAt(at) != '\t') {
      at++;
    }
    if (from == at) {
      throw wrong("a field is missing");
    }
    return text.substring(from, at);
  }

  /** Text up to a separator, which is passed over; blanks before it do not count. */
  String until(char separator) {
    skipBlanks();
    int end = text.indexOf(separator, at);
    if (end < 0) {
      throw wrong("'" + separator + "' is missing");
    }
    String found = text.substring(at, end);
    at = end + 1;
    return found;
  }

  /** Passes over text that must be there. */
  Line expect(String literal) {
    skipBlanks();
    if (!text.startsWith(literal, at)) {
      throw wrong("'" + literal + "' is missing");
    }
    at += literal.length();
    return this;
  }

  /** Passes over text if it is there. */
  boolean accept(String literal) {
    skipBlanks();
    boolean there = text.startsWith(literal, at);
    at += there ? literal.length() : 0;
    return there;
  }

  /** Everything left, without the blanks before it. */
  String rest() {
    skipBlanks();
    String left = text.substring(at);
    at = text.length();
    return left;
  }

  /** A decimal number; the 64-bit unsigned ones come as their bit pattern. */
  long decimal() {
    return decimal(word());
  }

  int decimalInt() {
    return decimalInt(word());
  }

  long hex() {
    return hex(word());
  }

  long decimal(String word) {
    try {
      return word.startsWith("-") ? Long.parseLong(word) : Long.parseUnsignedLong(word);
    } catch (NumberFormatException e) {
      throw wrong("'" + word + "' is not a decimal number");
    }
  }

  int decimalInt(String word) {
    long value = decimal(word);
    if (value < Integer.MIN_VALUE || value > 0xffffffffL) {
      throw wrong("'" + word + "' does not fit 32 bits");
    }
    return (int) value;
  }

  long hex(String word) {
    try {
      return Long.parseUnsignedLong(word.startsWith("0x") ? word.substring(2) : word, 16);
    } catch (NumberFormatException e) {
      throw wrong("'" + word + "' is not a hexadecimal number");
    }
  }

  int hexInt(String word) {
    long value = hex(word);
    if (value >>> 32 != 0) {
      throw wrong("'" + word + "' does not fit 32 bits");
    }
    return (int) value;
  }

  int octalInt(String word) {
    try {
      return Integer.parseUnsignedInt(word, 8);
    } catch (NumberFormatException e) {
      throw wrong("'" + word + "' is not an octal number");
    }
  }

  double fraction() {
    return fraction(word());
  }

  double fraction(String word) {
    try {
      double value = Double.parseDouble(word);
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Falls through to the one message.
    }
    throw wrong("'" + word + "' is not a number");
  }

  /** Undoes the octal escapes (\040) of mountinfo, maps and swaps. */
  static String unescape(String text) {
    int backslash = text.indexOf('\\');
    if (backslash < 0) {
      return text;
    }
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 3 < text.length() && isOctal(text, i + 1)) {
        plain.append((char) Integer.parseInt(text.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }

  private static boolean isOctal(String text, int from) {
    for (int i = from; i < from + 3; i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '7') {
        return false;
      }
    }
    return text.charAt(from) <= '3';
  }
}

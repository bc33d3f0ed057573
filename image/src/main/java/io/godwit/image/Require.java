package io.godwit.image;

import java.util.Collection;
import java.util.List;

/** The checks that constructors of this package share. Each throws IllegalArgumentException. */
final class Require {
  private Require() {}

  static void that(boolean condition, String problem) {
    if (!condition) {
      throw new IllegalArgumentException(problem);
    }
  }

  static void range(long value, long min, long max, String what) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(what + " is " + value + ", outside " + min + " to " + max);
    }
  }

  static void notNegative(long value, String what) {
    range(value, 0, Long.MAX_VALUE, what);
  }

  static <T> List<T> list(Collection<T> values, int max, String what) {
    if (values.size() > max) {
      throw new IllegalArgumentException(values.size() + " " + what + ", more than " + max);
    }
    return List.copyOf(values);
  }

  static <T> List<T> entries(Collection<T> values, String what) {
    return list(values, ImageLimits.MAX_ENTRIES, what);
  }

  static void text(String text, int maxBytes, String what) {
    // A character takes at most three bytes per Java char; count exactly only near the bound.
    if (text.length() > maxBytes
        || (text.length() > maxBytes / 3 && RawText.encode(text).length > maxBytes)) {
      throw new IllegalArgumentException(what + " is longer than " + maxBytes + " bytes");
    }
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(what + " contains a zero byte");
    }
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        RawText.encode(text);
        break;
      }
    }
  }

  static void name(String text, String what) {
    text(text, ImageLimits.MAX_NAME_BYTES, what);
  }

  static void path(String text, String what) {
    text(text, ImageLimits.MAX_PATH_BYTES, what);
  }

  static void size(Bytes bytes, int min, int max, String what) {
    range(bytes.size(), min, max, "the size of " + what);
  }

  static void state(Bytes bytes, String what) {
    size(bytes, 0, ImageLimits.MAX_STATE_BYTES, what);
  }

  static void signal(int number, String what) {
    range(number, 0, ImageLimits.MAX_SIGNAL, what);
  }
}

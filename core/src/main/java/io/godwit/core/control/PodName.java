package io.godwit.core.control;

import org.jspecify.annotations.Nullable;

/**
 * The form of pod names: 1 to {@value ControlLimits#MAX_NAME} letters, digits, dots, dashes or
 * underscores, beginning with a letter, so that a name is never taken for a process id.
 */
public final class PodName {
  private PodName() {}

  /** Whether the text has the form. */
  public static boolean isValid(String name) {
    if (name.isEmpty() || name.length() > ControlLimits.MAX_NAME || !isLetter(name.charAt(0))) {
      return false;
    }
    for (int i = 1; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!isLetter(c) && !(c >= '0' && c <= '9') && c != '.' && c != '-' && c != '_') {
        return false;
      }
    }
    return true;
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  /** What is wrong with a name that is none. */
  public static String complaint(String name) {
    return "'" + name + "' is not a letter followed by letters, digits, dots, dashes, underscores";
  }

  static @Nullable String check(Fields fields, @Nullable String name) {
    if (name != null && !isValid(name)) {
      throw fields.bad("name", complaint(name));
    }
    return name;
  }
}

package io.godwit.core.control;

import java.util.Locale;
import java.util.OptionalInt;

/** Signals by name and number, as Linux numbers them on x86 and Arm; see signal(7). */
public final class SignalNumber {
  private static final String[] NAMES = {
    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
    "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU",
    "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS"
  };

  /** First of the real-time signals that the C library leaves to programs. */
  private static final int REALTIME_MIN = 34;

  /** Highest signal. */
  public static final int MAX = 64;

  private SignalNumber() {}

  /** Reads {@code TERM}, {@code SIGTERM}, {@code 15}, {@code RTMIN+3} or {@code RTMAX-1}. */
  public static OptionalInt parse(String text) {
    String name = text.toUpperCase(Locale.ROOT);
    if (name.startsWith("SIG")) {
      name = name.substring(3);
    }
    for (int i = 0; i < NAMES.length; i++) {
      if (NAMES[i].equals(name)) {
        return OptionalInt.of(i + 1);
      }
    }
    if (name.equals("POLL")) {
      return parse("IO");
    }
    if (name.startsWith("RTMIN")) {
      return offset(name.substring(5), '+', REALTIME_MIN);
    }
    if (name.startsWith("RTMAX")) {
      return offset(name.substring(5), '-', MAX);
    }
    return inRange(decimal(text), 1);
  }

  private static OptionalInt offset(String rest, char sign, int base) {
    if (rest.isEmpty()) {
      return OptionalInt.of(base);
    }
    int distance = rest.charAt(0) == sign ? decimal(rest.substring(1)) : -1;
    if (distance < 0) {
      return OptionalInt.empty();
    }
    return inRange(sign == '+' ? base + distance : base - distance, REALTIME_MIN);
  }

  private static OptionalInt inRange(int number, int min) {
    return number >= min && number <= MAX ? OptionalInt.of(number) : OptionalInt.empty();
  }

  private static int decimal(String text) {
    if (text.isEmpty() || text.length() > 3) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      value = value * 10 + (c - '0');
    }
    return value;
  }

  /** The name with its SIG, for example {@code SIGTERM} or {@code SIGRTMIN+2}. */
  public static String name(int number) {
    if (number >= 1 && number <= NAMES.length) {
      return "SIG" + NAMES[number - 1];
    }
    if (number == REALTIME_MIN) {
      return "SIGRTMIN";
    }
    return number > REALTIME_MIN && number <= MAX
        ? "SIGRTMIN+" + (number - REALTIME_MIN)
        : "signal " + number;
  }
}

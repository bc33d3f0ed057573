package io.godwit.cli;

/** Sizes and times as people read them. */
public final class Quantities {
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

  private Quantities() {}

  /** Bytes with three digits and a binary unit, for example {@code 16.0 MiB}. */
  public static String bytes(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    double value = bytes;
    int unit = 0;
    while (value >= 1023.5 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    return fixed(value, value < 10 ? 2 : value < 100 ? 1 : 0) + " " + UNITS[unit];
  }

  /** Microseconds as milliseconds or seconds, for example {@code 12.4 ms}. */
  public static String micros(long micros) {
    if (micros < 1_000_000) {
      return fixed(micros / 1e3, micros < 100_000 ? 1 : 0) + " ms";
    }
    return fixed(micros / 1e6, micros < 10_000_000 ? 2 : 1) + " s";
  }

  /** A span as {@code 12s}, {@code 3m05s}, {@code 2h10m} or {@code 3d04h}. */
  public static String span(long millis) {
    long seconds = Math.max(0, millis / 1000);
    if (seconds < 60) {
      return seconds + "s";
    }
    if (seconds < 3600) {
      return seconds / 60 + "m" + two(seconds % 60) + "s";
    }
    if (seconds < 86_400) {
      return seconds / 3600 + "h" + two(seconds / 60 % 60) + "m";
    }
    return seconds / 86_400 + "d" + two(seconds / 3600 % 24) + "h";
  }

  private static String two(long number) {
    return number < 10 ? "0" + number : Long.toString(number);
  }

  /** Decimal digits without the cost of a Formatter, which takes a cold JVM some 10 ms to load. */
  public static String fixed(double value, int digits) {
    long scale = digits == 0 ? 1 : digits == 1 ? 10 : 100;
    long scaled = Math.round(value * scale);
    String whole = Long.toString(scaled / scale);
    if (digits == 0) {
      return whole;
    }
    String fraction = Long.toString(scaled % scale);
    return whole + "." + "0".repeat(digits - fraction.length()) + fraction;
  }
}

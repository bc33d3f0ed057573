package io.godwit.linux.proc;

import java.util.List;

/**
 * /proc/PID/timens_offsets, time_namespaces(7): what the namespace of the process's children adds
 * to the machine's clocks, in nanoseconds.
 */
public record TimeOffsets(long monotonicNanos, long boottimeNanos) {
  public static TimeOffsets parse(String text) {
    List<Line> lines = Lines.of("timens_offsets", text);
    if (lines.size() < 2) {
      throw new ProcFormatException("timens_offsets", lines.size(), "two lines expected", text);
    }
    return new TimeOffsets(
        nanos(lines.get(0), "monotonic", "1"), nanos(lines.get(1), "boottime", "7"));
  }

  /** The clock by its name, or by its number as kernels before 5.7 wrote it. */
  private static long nanos(Line line, String name, String number) {
    String clock = line.word();
    if (!clock.equals(name) && !clock.equals(number)) {
      throw line.wrong("'" + name + "' expected");
    }
    return Math.addExact(Math.multiplyExact(line.decimal(), 1_000_000_000L), line.decimal());
  }
}

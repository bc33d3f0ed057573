package io.godwit.linux.proc;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Pressure stall information of a resource, /proc/pressure/{cpu,memory,io} or a cgroup's
 * *.pressure.
 *
 * @param some share of time in which at least one task waited
 * @param full in which all waited; null where the kernel does not tell (cpu before 5.13)
 */
public record Pressure(Stall some, @Nullable Stall full) {
  /** Averages in percent over 10, 60 and 300 seconds, and the total in microseconds. */
  public record Stall(double average10, double average60, double average300, long totalMicros) {}

  public static Pressure parse(String text) {
    List<Line> lines = Lines.of("pressure", text);
    if (lines.isEmpty()) {
      throw new ProcFormatException("pressure", 1, "the file is empty", "");
    }
    return new Pressure(
        stall(lines.get(0), "some"), lines.size() > 1 ? stall(lines.get(1), "full") : null);
  }

  private static Stall stall(Line line, String name) {
    line.expect(name);
    return new Stall(
        line.fraction(line.expect("avg10=").word()),
        line.fraction(line.expect("avg60=").word()),
        line.fraction(line.expect("avg300=").word()),
        line.expect("total=").decimal());
  }
}

package io.godwit.linux.proc;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * /proc/PID/sched, present where the kernel has CONFIG_SCHED_DEBUG.
 *
 * @param execStartNanos when the task last began to run or was last accounted, in the scheduler's
 *     clock; for a task that sleeps, when it went to sleep
 * @param runtimeNanos processor time used
 * @param values every "name : value" line
 */
public record SchedInfo(
    long execStartNanos, long runtimeNanos, long switches, Map<String, String> values) {
  public SchedInfo {
    values = Map.copyOf(values);
  }

  public static SchedInfo parse(String text) {
    Map<String, String> values = new LinkedHashMap<>();
    for (Line line : Lines.of("sched", text)) {
      int colon = line.text().lastIndexOf(':');
      // The heading has the task's name, which may hold a colon; its value is not a number.
      if (colon > 0 && !line.text().endsWith(")")) {
        values.put(
            line.text().substring(0, colon).strip(), line.text().substring(colon + 1).strip());
      }
    }
    return new SchedInfo(
        nanos(values, "se.exec_start"),
        nanos(values, "se.sum_exec_runtime"),
        nanos(values, "nr_switches") / 1_000_000,
        values);
  }

  /** Values are printed as milliseconds with six places. */
  private static long nanos(Map<String, String> values, String name) {
    String value = values.get(name);
    if (value == null) {
      throw new ProcFormatException("sched", 1, "no line '" + name + "'", "");
    }
    try {
      return new BigDecimal(value).movePointRight(6).longValueExact();
    } catch (ArithmeticException | NumberFormatException e) {
      throw new ProcFormatException("sched", 1, name + " is not a number", value);
    }
  }
}

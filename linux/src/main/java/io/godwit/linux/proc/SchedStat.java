package io.godwit.linux.proc;

/** /proc/PID/schedstat: time on a processor and waiting for one, nanoseconds; times it ran. */
public record SchedStat(long runNanos, long waitNanos, long slices) {
  public static SchedStat parse(String text) {
    Line line = Lines.only("schedstat", text);
    return new SchedStat(line.decimal(), line.decimal(), line.decimal());
  }
}

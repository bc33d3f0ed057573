package io.godwit.linux.proc;

/** /proc/loadavg: averages over 1, 5 and 15 minutes; tasks that can run, all tasks, newest pid. */
public record LoadAverage(
    double one, double five, double fifteen, int runnable, int tasks, int lastPid) {
  public static LoadAverage parse(String text) {
    Line line = Lines.only("loadavg", text);
    return new LoadAverage(
        line.fraction(),
        line.fraction(),
        line.fraction(),
        line.decimalInt(line.until('/')),
        line.decimalInt(),
        line.decimalInt());
  }
}

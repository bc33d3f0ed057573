package io.godwit.linux.proc;

/** /proc/uptime: seconds since the start, and seconds that all processors together idled. */
public record Uptime(double seconds, double idleSeconds) {
  public static Uptime parse(String text) {
    Line line = Lines.only("uptime", text);
    return new Uptime(line.fraction(), line.fraction());
  }
}

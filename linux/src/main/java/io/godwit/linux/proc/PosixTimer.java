package io.godwit.linux.proc;

import java.util.ArrayList;
import java.util.List;

/**
 * A timer of timer_create(2) as /proc/PID/timers shows it, proc_pid_timers(5). Times are not here:
 * timer_gettime(2) tells them in the process.
 *
 * @param signal that it sends
 * @param value sigev_value, passed with the signal
 * @param how signal, none or thread
 * @param toThread whether {@code target} is a thread (SIGEV_THREAD_ID) instead of the process
 * @param target as the reader's PID namespace numbers it
 */
public record PosixTimer(
    int id, int signal, long value, String how, boolean toThread, int target, int clock) {
  public static List<PosixTimer> parse(String text) {
    List<Line> lines = Lines.of("timers", text);
    List<PosixTimer> timers = new ArrayList<>();
    for (int i = 0; i < lines.size(); ) {
      if (lines.get(i).text().isBlank()) {
        i++;
        continue;
      }
      if (i + 4 > lines.size()) {
        throw lines.get(i).wrong("the last timer is cut off");
      }
      timers.add(timer(lines.get(i), lines.get(i + 1), lines.get(i + 2), lines.get(i + 3)));
      i += 4;
    }
    return List.copyOf(timers);
  }

  private static PosixTimer timer(Line idLine, Line signalLine, Line notify, Line clock) {
    int id = idLine.expect("ID:").decimalInt();
    int signal = signalLine.decimalInt(signalLine.expect("signal:").until('/'));
    long value = signalLine.hex();
    String how = notify.expect("notify:").until('/');
    String kind = notify.until('.');
    int target = notify.decimalInt();
    return new PosixTimer(
        id, signal, value, how, kind.equals("tid"), target, clock.expect("ClockID:").decimalInt());
  }
}

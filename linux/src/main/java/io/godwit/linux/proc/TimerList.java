package io.godwit.linux.proc;

import java.util.ArrayList;
import java.util.List;

/**
 * The high-resolution timers of /proc/timer_list, readable by root only.
 *
 * @param nowNanos monotonic time of the machine when it was written
 */
public record TimerList(long nowNanos, List<Hrtimer> timers) {
  public TimerList {
    timers = List.copyOf(timers);
  }

  /**
   * One armed timer.
   *
   * @param clock the base: 0 and 4 monotonic, 1 and 5 real time, 2 and 6 boot time, 3 and 7 TAI
   * @param address a hash of the kernel's address, the same while the timer lives
   * @param function what it calls: hrtimer_wakeup for sleeps, posix_timer_fn, timerfd_tmrproc,
   *     it_real_fn
   * @param softExpires earliest expiry, the time that was asked for, in nanoseconds of the base's
   *     own clock
   * @param hardExpires the latest, with slack
   * @param remaining to {@code softExpires}, negative when late
   */
  public record Hrtimer(
      int cpu,
      int clock,
      String address,
      String function,
      long softExpires,
      long hardExpires,
      long remaining) {}

  public static TimerList parse(String text) {
    long now = -1;
    int cpu = -1;
    int clock = -1;
    List<Hrtimer> timers = new ArrayList<>();
    List<Line> lines = Lines.of("timer_list", text);
    for (int i = 0; i < lines.size(); i++) {
      Line line = lines.get(i);
      String all = line.text();
      if (all.startsWith("now at ")) {
        now = line.expect("now at").decimal();
      } else if (all.startsWith("cpu: ")) {
        cpu = line.expect("cpu:").decimalInt();
      } else if (all.startsWith(" clock ")) {
        clock = line.decimalInt(line.expect("clock").until(':'));
      } else if (all.startsWith(" #")) {
        if (i + 1 == lines.size()) {
          throw line.wrong("the last timer is cut off");
        }
        timers.add(timer(cpu, clock, line, lines.get(++i)));
      }
    }
    if (now < 0) {
      throw new ProcFormatException("timer_list", 1, "no line 'now at'", "");
    }
    return new TimerList(now, timers);
  }

  /**
   * " #1: &lt;000000001bc08a27&gt;, hrtimer_wakeup, S:01" and " # expires at A-B nsecs [in C to D
   * nsecs]".
   */
  private static Hrtimer timer(int cpu, int clock, Line first, Line second) {
    first.expect("#").until(':');
    String address = first.until(',');
    String function = first.until(',');
    second.expect("# expires at");
    long soft = second.decimal(second.until('-'));
    long hard = second.decimal();
    long in = second.expect("nsecs").expect("[in").decimal();
    return new Hrtimer(cpu, clock, address, function, soft, hard, in);
  }
}

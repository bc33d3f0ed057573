package io.godwit.policy.jobs;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * At which hours of the week something is allowed, written as LSF writes its windows: {@code
 * 20:00-06:00} for every night, {@code sat-sun 0:00-24:00}, {@code fri 18:30-23:00}. A span that
 * ends before it begins goes on past midnight.
 *
 * @param spans any of them is enough; none at all means always
 */
public record Hours(List<Span> spans) {
  public static final int MINUTES_OF_DAY = 24 * 60;
  public static final int MINUTES_OF_WEEK = 7 * MINUTES_OF_DAY;

  /** No restriction. */
  public static final Hours ALWAYS = new Hours(List.of());

  private static final List<String> DAYS = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");
  private static final int MOST_SPANS = 64;

  /**
   * @param firstDay 0 for Monday
   * @param lastDay the same day or a later one; an earlier one goes round the week's end
   * @param from minute of the day, 0 to 1439
   * @param to minute of the day, 1 to 1440
   */
  public record Span(int firstDay, int lastDay, int from, int to) {
    private boolean holds(int minuteOfWeek) {
      for (int day = firstDay; ; day = (day + 1) % DAYS.size()) {
        int begin = day * MINUTES_OF_DAY + from;
        int length = to > from ? to - from : to + MINUTES_OF_DAY - from;
        if (Math.floorMod(minuteOfWeek - begin, MINUTES_OF_WEEK) < length) {
          return true;
        }
        if (day == lastDay) {
          return false;
        }
      }
    }
  }

  public Hours {
    spans = List.copyOf(spans);
  }

  /**
   * Whether it is allowed now.
   *
   * @param minuteOfWeek minutes since Monday 0:00, local time
   */
  public boolean open(int minuteOfWeek) {
    return spans.isEmpty() || spans.stream().anyMatch(span -> span.holds(minuteOfWeek));
  }

  /**
   * Reads spans.
   *
   * @throws IllegalArgumentException naming the text that is not understood
   */
  public static Hours parse(List<String> texts) {
    if (texts.size() > MOST_SPANS) {
      throw new IllegalArgumentException("more than " + MOST_SPANS + " spans");
    }
    List<Span> spans = new ArrayList<>();
    for (String text : texts) {
      spans.add(span(text));
    }
    return new Hours(spans);
  }

  private static Span span(String text) {
    String[] parts = text.strip().toLowerCase(Locale.ROOT).split("\\s+");
    if (parts.length > 2) {
      throw bad(text);
    }
    int first = 0;
    int last = DAYS.size() - 1;
    if (parts.length == 2) {
      String[] days = parts[0].split("-", -1);
      first = DAYS.indexOf(days[0]);
      last = days.length == 1 ? first : DAYS.indexOf(days[days.length - 1]);
      if (days.length > 2 || first < 0 || last < 0) {
        throw bad(text);
      }
    }
    String[] ends = parts[parts.length - 1].split("-", -1);
    if (ends.length != 2) {
      throw bad(text);
    }
    int from = minute(ends[0], text);
    int to = minute(ends[1], text);
    if (from == to || from == MINUTES_OF_DAY) {
      throw bad(text);
    }
    return new Span(first, last, from, to == 0 ? MINUTES_OF_DAY : to);
  }

  private static int minute(String clock, String text) {
    if (!clock.matches("[0-9]{1,2}:[0-9]{2}")) {
      throw bad(text);
    }
    int colon = clock.indexOf(':');
    int minutes = Integer.parseInt(clock.substring(colon + 1));
    int all = Integer.parseInt(clock.substring(0, colon)) * 60 + minutes;
    if (minutes > 59 || all > MINUTES_OF_DAY) {
      throw bad(text);
    }
    return all;
  }

  private static IllegalArgumentException bad(String text) {
    return new IllegalArgumentException(
        "'" + text + "' is no span of hours such as 20:00-06:00 or sat-sun 0:00-24:00");
  }
}

package io.godwit.node.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts that only rise, by the values of some labels. Safe from any thread. */
public final class Tally {
  /** Values of labels may come from other nodes: beyond this all count as {@link #OTHER}. */
  static final int MAX_SERIES = 200;

  static final String OTHER = "other";

  private final String name;
  private final String help;
  private final List<String> labels;
  private final Map<String, Series> series = new ConcurrentSkipListMap<>();

  private record Series(List<String> values, LongAdder count) {}

  /**
   * @param name ends with _total
   */
  public Tally(String name, String help, String... labels) {
    this.name = name;
    this.help = help;
    this.labels = List.of(labels);
  }

  /** Counts one. */
  public void count(String... values) {
    add(1, values);
  }

  public void add(long amount, String... values) {
    if (values.length != labels.size()) {
      throw new IllegalArgumentException(values.length + " values for " + labels);
    }
    List<String> told = List.of(values);
    Series known = series.get(key(told));
    if (known == null) {
      if (series.size() >= MAX_SERIES) {
        String[] others = new String[values.length];
        Arrays.fill(others, OTHER);
        told = List.of(others);
      }
      List<String> chosen = told;
      known = series.computeIfAbsent(key(told), k -> new Series(chosen, new LongAdder()));
    }
    known.count().add(amount);
  }

  private static String key(List<String> values) {
    return String.join("\0", values);
  }

  public void expose(Exposition out) {
    out.metric(name, "counter", help);
    for (Series each : series.values()) {
      List<String> pairs = new ArrayList<>();
      for (int i = 0; i < labels.size(); i++) {
        pairs.add(labels.get(i));
        pairs.add(each.values().get(i));
      }
      out.sample(name, new Exposition.Labels(pairs), each.count().sum());
    }
  }
}

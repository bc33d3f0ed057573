package io.godwit.node.metrics;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * How values are spread: a histogram, or with no bounds a summary of sum and count alone. By the
 * value of one label, of which there are few. Safe from any thread.
 */
public final class Distribution {
  private final String name;
  private final String help;
  private final String label;
  private final double[] bounds;
  private final Map<String, Series> series = new ConcurrentSkipListMap<>();

  private static final class Series {
    private final long[] counts;
    private long count;
    private double sum;

    Series(int buckets) {
      counts = new long[buckets];
    }

    synchronized void add(double value, double[] bounds) {
      count++;
      sum += value;
      int bucket = 0;
      while (bucket < bounds.length && value > bounds[bucket]) {
        bucket++;
      }
      if (bucket < bounds.length) {
        counts[bucket]++;
      }
    }
  }

  /**
   * @param bounds upper ones, rising; the last bucket, without a bound, is there by itself
   */
  public Distribution(String name, String help, String label, double... bounds) {
    this.name = name;
    this.help = help;
    this.label = label;
    this.bounds = bounds.clone();
    double[] sorted = bounds.clone();
    Arrays.sort(sorted);
    if (!Arrays.equals(sorted, bounds)) {
      throw new IllegalArgumentException("bounds that do not rise: " + Arrays.toString(bounds));
    }
  }

  public void add(String value, double amount) {
    series.computeIfAbsent(value, k -> new Series(bounds.length)).add(amount, bounds);
  }

  public void expose(Exposition out) {
    out.metric(name, bounds.length == 0 ? "summary" : "histogram", help);
    series.forEach((value, each) -> expose(out, Exposition.Labels.of(label, value), each));
  }

  private void expose(Exposition out, Exposition.Labels labels, Series each) {
    synchronized (each) {
      long below = 0;
      for (int i = 0; i < bounds.length; i++) {
        below += each.counts[i];
        out.sample(name + "_bucket", labels.and("le", Exposition.number(bounds[i])), below);
      }
      if (bounds.length > 0) {
        out.sample(name + "_bucket", labels.and("le", "+Inf"), each.count);
      }
      out.sample(name + "_sum", labels, each.sum);
      out.sample(name + "_count", labels, each.count);
    }
  }
}

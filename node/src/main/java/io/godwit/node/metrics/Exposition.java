package io.godwit.node.metrics;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The text format 0.0.4 of Prometheus: for each metric a line HELP, a line TYPE, and its samples.
 * See "Exposition formats" of its documentation. One thread.
 */
public final class Exposition {
  /** What an answer with this text says of itself. */
  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  /** Above this a double has no whole numbers of its own. */
  private static final double EXACT = 1L << 53;

  private final StringBuilder text = new StringBuilder(8192);
  private final Set<String> described = new HashSet<>();

  /** Names and values of labels in turn. */
  public record Labels(List<String> pairs) {
    public static final Labels NONE = new Labels(List.of());

    public Labels {
      pairs = List.copyOf(pairs);
      if (pairs.size() % 2 != 0) {
        throw new IllegalArgumentException("a label without a value: " + pairs);
      }
      for (int i = 0; i < pairs.size(); i += 2) {
        if (!pairs.get(i).matches("[a-zA-Z_][a-zA-Z0-9_]*")) {
          throw new IllegalArgumentException("no name of a label: " + pairs.get(i));
        }
      }
    }

    public static Labels of(String... pairs) {
      return new Labels(List.of(pairs));
    }

    Labels and(String name, String value) {
      List<String> more = new java.util.ArrayList<>(pairs);
      more.add(name);
      more.add(value);
      return new Labels(more);
    }
  }

  /**
   * Begins a metric; its samples follow.
   *
   * @param type counter, gauge, histogram or summary
   */
  public Exposition metric(String name, String type, String help) {
    if (!name.matches("[a-zA-Z_:][a-zA-Z0-9_:]*") || !described.add(name)) {
      throw new IllegalArgumentException("no name of a metric, or told twice: " + name);
    }
    text.append("# HELP ").append(name).append(' ');
    escape(help, false);
    text.append("\n# TYPE ").append(name).append(' ').append(type).append('\n');
    return this;
  }

  public Exposition sample(String name, Labels labels, double value) {
    return sample(name, labels, number(value));
  }

  public Exposition sample(String name, Labels labels, long value) {
    return sample(name, labels, Long.toString(value));
  }

  private Exposition sample(String name, Labels labels, String value) {
    text.append(name);
    List<String> pairs = labels.pairs();
    for (int i = 0; i < pairs.size(); i += 2) {
      text.append(i == 0 ? '{' : ',').append(pairs.get(i)).append("=\"");
      escape(pairs.get(i + 1), true);
      text.append('"');
    }
    text.append(pairs.isEmpty() ? "" : "}").append(' ').append(value).append('\n');
    return this;
  }

  /** A metric of one sample that may fall. */
  public Exposition gauge(String name, String help, double value) {
    return metric(name, "gauge", help).sample(name, Labels.NONE, value);
  }

  public Exposition gauge(String name, String help, long value) {
    return metric(name, "gauge", help).sample(name, Labels.NONE, value);
  }

  /** A metric of one sample that only rises. */
  public Exposition counter(String name, String help, double value) {
    return metric(name, "counter", help).sample(name, Labels.NONE, value);
  }

  private void escape(String raw, boolean quoted) {
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      switch (c) {
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '"' -> text.append(quoted ? "\\\"" : "\"");
        default -> text.append(c);
      }
    }
  }

  static String number(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    return value == Math.rint(value) && Math.abs(value) < EXACT
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  /** All that was told. */
  public String text() {
    return text.toString();
  }
}

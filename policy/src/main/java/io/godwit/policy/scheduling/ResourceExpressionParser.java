package io.godwit.policy.scheduling;

import io.godwit.core.GodwitException;
import io.godwit.policy.PolicyError;
import io.godwit.policy.Suggestion;
import io.godwit.policy.scheduling.ResourceExpression.Operator;
import io.godwit.policy.scheduling.ResourceExpression.OrderKey;
import io.godwit.policy.scheduling.ResourceExpression.Term;
import io.godwit.policy.scheduling.ResourceIndex.Dimension;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads LSF's resource expressions by recursive descent.
 *
 * <pre>
 * expression = section { section } | condition
 * section    = "select" "[" condition "]"
 *            | "order"  "[" [ "-" ] index { ":" [ "-" ] index } "]"
 *            | "rusage" "[" index "=" number { ( "," | ":" ) index "=" number } "]"
 *            | "span"   "[" ( "hosts" | "ptile" ) "=" integer "]"
 * condition  = operands joined by || && == != &lt;= &gt;= &lt; &gt; + - * /, with ! - and ( )
 * operand    = number [ unit ] | index | resource
 * unit       = K M G T (with B or iB) | s min h | %
 * </pre>
 *
 * <p>A comparison joins an index or a number with another; a resource name is a truth by itself. A
 * mistake is reported with its column, a caret below it and, where one can be guessed, what was
 * meant.
 */
public final class ResourceExpressionParser {
  /** Longer expressions are refused. */
  public static final int MAX_LENGTH = 4096;

  /** Deeper nesting is refused. */
  public static final int MAX_DEPTH = 64;

  private static final Set<String> SECTIONS = Set.of("select", "order", "rusage", "span");

  private final String text;
  private int at;
  private int depth;

  /** A term with what it is: a truth, or a number of some dimension (null: a literal of none). */
  private record Typed(Term term, boolean truth, @Nullable Dimension dimension, int column) {}

  private ResourceExpressionParser(String text) {
    this.text = text;
  }

  /**
   * Reads an expression; an empty one is {@link ResourceExpression#ANY}.
   *
   * @throws GodwitException with {@link PolicyError#BAD_EXPRESSION}, a caret and a hint
   */
  public static ResourceExpression parse(String text) {
    if (text.isBlank()) {
      return ResourceExpression.ANY;
    }
    if (text.length() > MAX_LENGTH) {
      throw new GodwitException(
          PolicyError.BAD_EXPRESSION,
          "the resource expression cannot be read",
          "it has " + text.length() + " characters, more than " + MAX_LENGTH,
          "shorten it");
    }
    return new ResourceExpressionParser(text).expression();
  }

  private ResourceExpression expression() {
    Term select = null;
    List<OrderKey> order = ResourceExpression.ANY.order();
    Map<ResourceIndex, Double> usage = Map.of();
    Map<String, Integer> span = Map.of();
    Set<String> seen = new HashSet<>();
    skipBlanks();
    if (!atSection()) {
      select = condition();
      skipBlanks();
      if (at < text.length()) {
        throw problem(at, "the expression should end here", "join conditions with && or ||");
      }
      return new ResourceExpression(text, select, order, usage, 0, 0);
    }
    while (at < text.length()) {
      int column = at;
      String section = word();
      if (!SECTIONS.contains(section)) {
        throw problem(column, "a section should start here", sectionHint(section));
      }
      if (!seen.add(section)) {
        throw problem(column, "there is a second '" + section + "[...]'", "merge the two");
      }
      int open = at;
      expect('[', "'" + section + "' is followed by '['");
      switch (section) {
        case "select" -> select = condition();
        case "order" -> order = order();
        case "rusage" -> usage = usage();
        default -> span = span();
      }
      skipBlanks();
      if (at == text.length()) {
        throw problem(open, "this '[' is never closed", "add ']' at the end");
      }
      expect(']', "'" + section + "[...]' should end here");
      skipBlanks();
    }
    return new ResourceExpression(
        text, select, order, usage, span.getOrDefault("hosts", 0), span.getOrDefault("ptile", 0));
  }

  /** Whether a word followed by '[' comes next. */
  private boolean atSection() {
    int start = at;
    String word = word();
    skipBlanks();
    boolean section = !word.isEmpty() && at < text.length() && text.charAt(at) == '[';
    at = start;
    return section;
  }

  private static String sectionHint(String word) {
    return Suggestion.closest(word, SECTIONS)
        .map(meant -> "did you mean '" + meant + "[...]'?")
        .orElse("sections are select[...], order[...], rusage[...] and span[...]");
  }

  private Term condition() {
    Typed typed = operators(1);
    if (!typed.truth()) {
      throw problem(
          typed.column(), "this is a number, not a condition", "compare it, as in mem >= 64");
    }
    return typed.term();
  }

  /** Precedence climbing: reads operators that bind at least as tightly as given. */
  private Typed operators(int binding) {
    Typed left = operand();
    while (true) {
      skipBlanks();
      int column = at;
      Operator operator = operator();
      if (operator == null || operator.binding() < binding) {
        at = column;
        return left;
      }
      Typed right = operators(operator.binding() + 1);
      left = join(left, operator, right, column);
    }
  }

  private Typed join(Typed left, Operator operator, Typed right, int column) {
    for (Typed side : List.of(left, right)) {
      if (operator.logical() && !side.truth()) {
        throw problem(
            side.column(),
            "'" + operator.text() + "' joins conditions, and this is a number",
            "compare it, as in mem >= 64");
      }
      if (!operator.logical() && side.truth()) {
        throw notANumber(side, operator);
      }
    }
    if (operator.logical()) {
      return new Typed(
          new Term.Binary(operator, left.term(), right.term()), true, null, left.column());
    }
    Dimension a = left.dimension();
    Dimension b = right.dimension();
    boolean scales = operator == Operator.TIMES || operator == Operator.DIVIDED;
    if (a != null && b != null && a != b && !scales) {
      throw problem(
          column,
          "the left side is " + a.words() + " and the right side " + b.words(),
          "use the same kind of quantity on both sides");
    }
    return new Typed(
        new Term.Binary(operator, left.term(), right.term()),
        operator.comparison(),
        operator.comparison() ? null : a != null ? a : b,
        left.column());
  }

  private GodwitException notANumber(Typed side, Operator operator) {
    String name = side.term() instanceof Term.Resource(String resource) ? resource : "";
    String hint =
        Suggestion.closest(name, ResourceIndex.allNames())
            .map(meant -> "did you mean '" + meant + "'?")
            .orElse(
                "indices are "
                    + String.join(", ", ResourceIndex.allNames().stream().sorted().toList()));
    return problem(
        side.column(),
        name.isEmpty()
            ? "'" + operator.text() + "' needs numbers, and this is a condition"
            : "'" + name + "' is not an index that '" + operator.text() + "' could use",
        hint);
  }

  private Typed operand() {
    if (++depth > MAX_DEPTH) {
      throw problem(at, "the expression is nested deeper than " + MAX_DEPTH, "simplify it");
    }
    try {
      skipBlanks();
      int column = at;
      if (at == text.length()) {
        throw problem(at, "the expression ends too early", "add a condition here");
      }
      char c = text.charAt(at);
      if (c == '(') {
        at++;
        Typed inner = operators(1);
        skipBlanks();
        if (at == text.length() || text.charAt(at) != ')') {
          throw problem(column, "this '(' is never closed", "add ')'");
        }
        at++;
        return inner;
      }
      if (c == '!') {
        at++;
        Typed inner = operators(Operator.NOT.binding());
        if (!inner.truth()) {
          throw problem(inner.column(), "'!' needs a condition", "put a comparison in ( )");
        }
        return new Typed(new Term.Unary(Operator.NOT, inner.term()), true, null, column);
      }
      if (c == '-') {
        at++;
        Typed inner = operators(Operator.NOT.binding());
        if (inner.truth()) {
          throw problem(inner.column(), "'-' needs a number", "use ! to negate a condition");
        }
        return new Typed(
            new Term.Unary(Operator.MINUS, inner.term()), false, inner.dimension(), column);
      }
      return Character.isDigit(c) || c == '.' ? number() : name();
    } finally {
      depth--;
    }
  }

  private Typed name() {
    int column = at;
    String word = word();
    if (word.isEmpty()) {
      throw problem(
          column, "'" + text.charAt(column) + "' cannot stand here", operatorHint(column));
    }
    ResourceIndex index = ResourceIndex.named(word);
    return index == null
        ? new Typed(new Term.Resource(word), true, null, column)
        : new Typed(new Term.Index(index), false, index.dimension(), column);
  }

  private String operatorHint(int column) {
    return switch (text.charAt(column)) {
      case '=' -> "write == to compare";
      case '&' -> "write && for 'and'";
      case '|' -> "write || for 'or'";
      default -> "a number, an index such as mem, or a resource such as x86_64 is expected";
    };
  }

  private Typed number() {
    int column = at;
    int start = at;
    while (at < text.length() && (Character.isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
      at++;
    }
    double value;
    try {
      value = Double.parseDouble(text.substring(start, at));
    } catch (NumberFormatException e) {
      throw problem(
          column, "'" + text.substring(start, at) + "' is not a number", "as in 120 or 1.5");
    }
    int unitColumn = at;
    String unit = text.startsWith("%", at) ? "%" : word();
    at = unitColumn + unit.length();
    return switch (unit) {
      case "" -> new Typed(new Term.Literal(value), false, null, column);
      case "%" -> literal(value, Dimension.PERCENT, column);
      case "s" -> literal(value / 60, Dimension.MINUTES, column);
      case "min" -> literal(value, Dimension.MINUTES, column);
      case "h" -> literal(value * 60, Dimension.MINUTES, column);
      case "K", "KB", "KiB" -> literal(value / 1024, Dimension.MEGABYTES, column);
      case "M", "MB", "MiB" -> literal(value, Dimension.MEGABYTES, column);
      case "G", "GB", "GiB" -> literal(value * 1024, Dimension.MEGABYTES, column);
      case "T", "TB", "TiB" -> literal(value * 1048576, Dimension.MEGABYTES, column);
      default ->
          throw problem(
              unitColumn, "'" + unit + "' is not a unit", "units are K, M, G, T, s, min, h and %");
    };
  }

  private static Typed literal(double value, Dimension dimension, int column) {
    return new Typed(new Term.Literal(value), false, dimension, column);
  }

  private @Nullable Operator operator() {
    for (Operator operator : Operator.values()) {
      if (operator != Operator.NOT && text.startsWith(operator.text(), at)) {
        at += operator.text().length();
        return operator;
      }
    }
    if (at < text.length() && "=&|!".indexOf(text.charAt(at)) >= 0) {
      throw problem(at, "'" + text.charAt(at) + "' is not an operator", operatorHint(at));
    }
    return null;
  }

  private List<OrderKey> order() {
    List<OrderKey> keys = new ArrayList<>();
    do {
      skipBlanks();
      boolean reversed = at < text.length() && text.charAt(at) == '-';
      if (reversed) {
        at++;
      }
      keys.add(new OrderKey(index(), reversed));
      skipBlanks();
    } while (skip(':'));
    return keys;
  }

  private Map<ResourceIndex, Double> usage() {
    Map<ResourceIndex, Double> usage = new EnumMap<>(ResourceIndex.class);
    do {
      ResourceIndex index = index();
      expect('=', "an amount should follow, as in mem=200");
      skipBlanks();
      int column = at;
      Typed amount = operand();
      if (!(amount.term() instanceof Term.Literal(double value))) {
        throw problem(column, "this is not an amount", "as in mem=200 or mem=1G");
      }
      if (amount.dimension() != null && amount.dimension() != index.dimension()) {
        throw problem(
            column,
            "this is " + amount.dimension().words() + ", not " + index.dimension().words(),
            "use a unit that fits");
      }
      usage.put(index, value);
      skipBlanks();
    } while (skip(',') || skip(':'));
    return usage;
  }

  private Map<String, Integer> span() {
    skipBlanks();
    int column = at;
    String word = word();
    if (!word.equals("hosts") && !word.equals("ptile")) {
      throw problem(
          column, "'" + word + "' is not a kind of span", "span[hosts=1] or span[ptile=2]");
    }
    expect('=', "a number should follow, as in span[hosts=1]");
    skipBlanks();
    int start = at;
    while (at < text.length() && Character.isDigit(text.charAt(at)) && at - start < 7) {
      at++;
    }
    if (start == at) {
      throw problem(start, "a whole number should stand here", "as in span[hosts=1]");
    }
    return Map.of(word, Integer.parseInt(text.substring(start, at)));
  }

  private ResourceIndex index() {
    skipBlanks();
    int column = at;
    String word = word();
    ResourceIndex index = ResourceIndex.named(word);
    if (index == null) {
      String hint =
          Suggestion.closest(word, ResourceIndex.allNames())
              .map(meant -> "did you mean '" + meant + "'?")
              .orElse(
                  "indices are "
                      + String.join(", ", ResourceIndex.allNames().stream().sorted().toList()));
      throw problem(
          column,
          word.isEmpty() ? "an index should stand here" : "'" + word + "' is not an index",
          hint);
    }
    return index;
  }

  private String word() {
    int start = at;
    while (at < text.length() && wordPart(text.charAt(at))) {
      at++;
    }
    return text.substring(start, at);
  }

  private static boolean wordPart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }

  private boolean skip(char c) {
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char c, String message) {
    skipBlanks();
    if (!skip(c)) {
      throw problem(at, message, "add '" + c + "' here, or an operator before what follows");
    }
  }

  private void skipBlanks() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private GodwitException problem(int column, String message, String hint) {
    String oneLine = text.replaceAll("\\s", " ");
    return new GodwitException(
        PolicyError.BAD_EXPRESSION,
        "the resource expression cannot be read",
        "column "
            + (column + 1)
            + ": "
            + message
            + "\n  "
            + oneLine
            + "\n  "
            + " ".repeat(column)
            + "^",
        hint);
  }
}

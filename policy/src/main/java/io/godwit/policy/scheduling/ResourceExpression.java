package io.godwit.policy.scheduling;

import io.godwit.policy.load.LoadRecord;
import io.godwit.policy.load.NodeLoad;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a process needs of a node, in LSF's language: {@code select[x86_64 && swap >= 120 && mem >=
 * 64] order[cpu:mem] rusage[mem=200] span[hosts=1]}.
 *
 * @param text as it was written
 * @param select which nodes are eligible; null for all
 * @param order by which indices eligible nodes are compared, the first being the most important
 * @param usage what the process will use, by index, in the index's unit
 * @param hosts over how many nodes a parallel job may be spread; 0 for any number
 * @param processesPerHost how many of its processes each node takes; 0 for any number
 */
public record ResourceExpression(
    String text,
    @Nullable Term select,
    List<OrderKey> order,
    Map<ResourceIndex, Double> usage,
    int hosts,
    int processesPerHost) {

  /** Any node will do, the fastest is the best. */
  public static final ResourceExpression ANY =
      new ResourceExpression(
          "", null, List.of(new OrderKey(ResourceIndex.CPU, false)), Map.of(), 0, 0);

  /** One index to compare by. */
  public record OrderKey(ResourceIndex index, boolean reversed) {}

  /** A part of an expression. Truth is 1, falsehood 0. */
  public sealed interface Term {
    /** A literal in the unit of the index that it is compared with. */
    record Literal(double value) implements Term {}

    /** A load index. */
    record Index(ResourceIndex index) implements Term {}

    /** Whether the node has a resource of that name. */
    record Resource(String name) implements Term {}

    /** {@code !} or unary {@code -}. */
    record Unary(Operator operator, Term operand) implements Term {}

    /** Everything with two sides. */
    record Binary(Operator operator, Term left, Term right) implements Term {}
  }

  /** The operators, with their text and how tightly they bind. */
  public enum Operator {
    OR("||", 1),
    AND("&&", 2),
    EQUAL("==", 3),
    NOT_EQUAL("!=", 3),
    LESS_OR_EQUAL("<=", 4),
    GREATER_OR_EQUAL(">=", 4),
    LESS("<", 4),
    GREATER(">", 4),
    PLUS("+", 5),
    MINUS("-", 5),
    TIMES("*", 6),
    DIVIDED("/", 6),
    NOT("!", 7);

    private final String text;
    private final int binding;

    Operator(String text, int binding) {
      this.text = text;
      this.binding = binding;
    }

    public String text() {
      return text;
    }

    public int binding() {
      return binding;
    }

    /** Whether both sides are truths. */
    public boolean logical() {
      return this == OR || this == AND || this == NOT;
    }

    /** Whether the sides are numbers and the result is a truth. */
    public boolean comparison() {
      return binding == 3 || binding == 4;
    }
  }

  public ResourceExpression {
    order = List.copyOf(order);
    usage = Map.copyOf(usage);
  }

  /** Whether the node is eligible, with what the process will use there already taken off. */
  public boolean holdsFor(NodeLoad load) {
    return select == null || value(select, afterUsage(load)) != 0;
  }

  /** Whether it says by what nodes are to be compared, whatever the location policy says. */
  public boolean ordered() {
    return !order.equals(ANY.order());
  }

  /** The best of the nodes by {@code order[...]}; ties go to the first name. */
  public LoadRecord best(List<LoadRecord> nodes) {
    Comparator<LoadRecord> better = Comparator.comparing(LoadRecord::node);
    for (OrderKey key : order.reversed()) {
      better =
          Comparator.comparingDouble(
                  (LoadRecord r) ->
                      (key.reversed() ? -1 : 1) * key.index().rank(afterUsage(r.load())))
              .thenComparing(better);
    }
    return nodes.stream().min(better).orElseThrow();
  }

  private NodeLoad afterUsage(NodeLoad load) {
    if (usage.isEmpty()) {
      return load;
    }
    long memory = (long) (usage.getOrDefault(ResourceIndex.MEMORY, 0.0) * 1048576);
    long swap = (long) (usage.getOrDefault(ResourceIndex.SWAP, 0.0) * 1048576);
    return load.withFree(
        Math.max(0, load.memoryFreeBytes() - memory), Math.max(0, load.swapFreeBytes() - swap));
  }

  private static double value(Term term, NodeLoad load) {
    return switch (term) {
      case Term.Literal(double literal) -> literal;
      case Term.Index(ResourceIndex index) -> index.of(load);
      case Term.Resource(String name) -> truth(load.resources().contains(name));
      case Term.Unary(Operator operator, Term operand) ->
          operator == Operator.NOT ? truth(value(operand, load) == 0) : -value(operand, load);
      case Term.Binary(Operator operator, Term left, Term right) ->
          binary(operator, left, right, load);
    };
  }

  private static double binary(Operator operator, Term left, Term right, NodeLoad load) {
    double a = value(left, load);
    return switch (operator) {
      case OR -> truth(a != 0 || value(right, load) != 0);
      case AND -> truth(a != 0 && value(right, load) != 0);
      case EQUAL -> truth(a == value(right, load));
      case NOT_EQUAL -> truth(a != value(right, load));
      case LESS_OR_EQUAL -> truth(a <= value(right, load));
      case GREATER_OR_EQUAL -> truth(a >= value(right, load));
      case LESS -> truth(a < value(right, load));
      case GREATER -> truth(a > value(right, load));
      case PLUS -> a + value(right, load);
      case MINUS -> a - value(right, load);
      case TIMES -> a * value(right, load);
      case DIVIDED -> a / value(right, load);
      case NOT -> throw new IllegalStateException("'!' has one side");
    };
  }

  private static double truth(boolean holds) {
    return holds ? 1 : 0;
  }
}

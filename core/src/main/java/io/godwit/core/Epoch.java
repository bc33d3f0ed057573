package io.godwit.core;

/**
 * How often a process has changed its owner. The instance with the highest committed epoch is the
 * only one that may run; a message of a lower epoch is stale.
 */
public record Epoch(long number) implements Comparable<Epoch> {
  /** The epoch of a process that has never moved. */
  public static final Epoch FIRST = new Epoch(1);

  public Epoch {
    if (number <= 0) {
      throw new IllegalArgumentException("an epoch is positive, not " + number);
    }
  }

  public Epoch next() {
    return new Epoch(Math.addExact(number, 1));
  }

  @Override
  public int compareTo(Epoch other) {
    return Long.compare(number, other.number);
  }

  @Override
  public String toString() {
    return Long.toString(number);
  }
}

package io.godwit.core;

/** A thread id as one PID namespace numbers it. */
public record Tid(int number) implements Comparable<Tid> {
  public Tid {
    if (number <= 0) {
      throw new IllegalArgumentException("a thread id is positive, not " + number);
    }
  }

  @Override
  public int compareTo(Tid other) {
    return Integer.compare(number, other.number);
  }

  @Override
  public String toString() {
    return Integer.toString(number);
  }
}

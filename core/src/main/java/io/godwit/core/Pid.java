package io.godwit.core;

/**
 * A process id (the thread group id) as one PID namespace numbers it. Which namespace is said by
 * the name of the variable or parameter: {@code hostPid} or {@code podPid} where both occur.
 */
public record Pid(int number) implements Comparable<Pid> {
  public Pid {
    if (number <= 0) {
      throw new IllegalArgumentException("a process id is positive, not " + number);
    }
  }

  /** The thread that gave the process its number. */
  public Tid mainThread() {
    return new Tid(number);
  }

  @Override
  public int compareTo(Pid other) {
    return Integer.compare(number, other.number);
  }

  @Override
  public String toString() {
    return Integer.toString(number);
  }
}

package io.godwit.policy.load;

import io.godwit.core.NodeId;

/** The name of a process in the cluster: its home node and a number that the home never reuses. */
public record ProcessKey(NodeId home, long number) implements Comparable<ProcessKey> {
  @Override
  public int compareTo(ProcessKey other) {
    int byHome = home.compareTo(other.home);
    return byHome != 0 ? byHome : Long.compare(number, other.number);
  }

  @Override
  public String toString() {
    return home + ":" + number;
  }
}

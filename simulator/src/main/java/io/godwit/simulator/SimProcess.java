package io.godwit.simulator;

import io.godwit.policy.load.ProcessKey;
import org.jspecify.annotations.Nullable;

/** A process of the model. */
final class SimProcess {
  final ProcessKey key;
  final String name;
  final String user;
  final SimNode home;
  final long arrivalNanos;

  /** CPU time that it needs on the reference core. */
  final double workNanos;

  final long memoryBytes;

  /** Its partner and how much they talk, or null. */
  @Nullable SimProcess partner;

  double partnerBytesPerSecond;

  /** Where it is, or was last. */
  SimNode node;

  double doneNanos;
  long hereSinceNanos;
  int moves;
  boolean suspended;
  boolean moving;
  boolean ended;

  /** Where it was before its last move and when it left, to recognize thrashing. */
  @Nullable SimNode cameFrom;

  long leftThereNanos;

  SimProcess(
      ProcessKey key,
      String name,
      String user,
      SimNode home,
      long arrivalNanos,
      double workNanos,
      long memoryBytes) {
    this.key = key;
    this.name = name;
    this.user = user;
    this.home = home;
    this.node = home;
    this.arrivalNanos = arrivalNanos;
    this.workNanos = workNanos;
    this.memoryBytes = memoryBytes;
  }
}

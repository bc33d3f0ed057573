package io.godwit.bench;

/**
 * What the program that is moved has and does.
 *
 * @param memoryMiB of anonymous memory, all of it written
 * @param workingSetMiB of these, rewritten again and again
 * @param dirtyMiBPerSecond how fast
 * @param threads all but one sleep most of the time
 * @param descriptors open files besides the usual ones
 */
public record Load(
    int memoryMiB, int workingSetMiB, int dirtyMiBPerSecond, int threads, int descriptors) {
  /** As a table shows it. */
  @Override
  public String toString() {
    return memoryMiB + " MiB" + (threads > 1 ? ", " + threads + " threads" : "");
  }
}

package io.godwit.simulator;

/**
 * A process that arrives.
 *
 * @param workSeconds CPU time that it needs on the reference core
 * @param partner index of an earlier arrival that it talks to; -1 for none
 */
record Arrival(
    long timeNanos,
    int node,
    double workSeconds,
    String name,
    int partner,
    double bytesPerSecond) {}

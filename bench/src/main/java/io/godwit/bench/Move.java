package io.godwit.bench;

import java.util.Map;
import java.util.OptionalDouble;

/**
 * One measured move.
 *
 * @param freezeNanos the longest gap that the program saw
 * @param initialNanos from the request until it ran at the destination
 * @param bytesInFreeze moved while it stood still
 * @param bytes moved in all
 * @param residualMillis from its resume until it needed no page of another node; negative where
 *     nobody tells
 * @param before turns of its loop a nanosecond, from the request to the freeze
 * @param after the same from the freeze on
 * @param phases how long each phase of the source took, nanoseconds, in order
 */
record Move(
    long freezeNanos,
    long initialNanos,
    long bytesInFreeze,
    long bytes,
    long residualMillis,
    OptionalDouble before,
    OptionalDouble after,
    Map<String, Long> phases) {}

package io.godwit.simulator;

/**
 * What one policy achieved.
 *
 * @param processes that ended and were counted
 * @param unfinished that had not ended when the run did
 * @param meanDelaySeconds mean time that a process took beyond the time that it computes
 * @param meanResponseSeconds mean time from arrival to end
 * @param meanSlowdown mean of response time by computing time
 * @param slowdownDeviation standard deviation of the slowdown
 * @param slowedOver3 share of processes slowed more than three times
 * @param placements processes that were started on another node than the one they came to
 * @param migrations completed moves of running processes
 * @param refusals moves that the destination declined
 * @param evictions moves because an owner came back
 * @param evictionSeconds mean time from an owner's return until a guest had left
 * @param migratedBytes memory moved
 * @param loadMessages messages about load
 * @param loadBytesPerNodeSecond what each node sends about load, bytes a second
 * @param informationAgeSeconds mean age of what schedulers knew when they decided
 * @param movesPerProcess migrations by processes
 * @param mostMoves most migrations of one process
 * @param thrashes processes that came back within ten seconds to where they had left
 * @param restarts processes that began again because their node failed
 */
public record Result(
    String policy,
    long processes,
    long unfinished,
    double meanDelaySeconds,
    double meanResponseSeconds,
    double meanSlowdown,
    double slowdownDeviation,
    double slowedOver3,
    long placements,
    long migrations,
    long refusals,
    long evictions,
    double evictionSeconds,
    long migratedBytes,
    long loadMessages,
    double loadBytesPerNodeSecond,
    double informationAgeSeconds,
    double movesPerProcess,
    long mostMoves,
    long thrashes,
    long restarts,
    long seed) {}

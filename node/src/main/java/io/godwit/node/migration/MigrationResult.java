package io.godwit.node.migration;

import io.godwit.core.Epoch;

/**
 * What a migration took.
 *
 * @param epoch under which the process runs at the destination
 * @param freezeNanos from the suspension at the source to the word that it runs at the destination
 * @param bytes of state that went over, description and memory
 */
public record MigrationResult(Epoch epoch, long freezeNanos, long totalNanos, long bytes) {}

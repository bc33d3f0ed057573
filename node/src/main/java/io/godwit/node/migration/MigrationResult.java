package io.godwit.node.migration;

import io.godwit.core.Epoch;

/**
 * What a migration took.
 *
 * @param epoch under which the process runs at the destination
 * @param freezeNanos from the suspension at the source to the word that it runs at the destination
 * @param bytes of state that went over until it ran, description and memory
 * @param freezeBytes of these, what went while it stood still
 * @param residualNanos how long it has needed pages of this node since it was frozen, until now if
 *     it still does
 * @param zeroBytes of memory that did not go over because they are zeros
 * @param heldBytes of memory that did not go over because the destination had kept them
 * @param strategy by which it went
 * @param remark why not by the one that was asked for; empty otherwise
 */
public record MigrationResult(
    Epoch epoch,
    long freezeNanos,
    long totalNanos,
    long bytes,
    long freezeBytes,
    long residualNanos,
    long zeroBytes,
    long heldBytes,
    TransferStrategy strategy,
    String remark) {}

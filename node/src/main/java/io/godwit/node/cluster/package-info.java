/**
 * The node's part in a cluster that balances itself: figure 4 of the survey around the classes of
 * {@code policy}. {@link io.godwit.node.cluster.LoadCollector} reads what the node and its pods
 * use; a {@code Dissemination} of policy spreads it; a {@code Scheduler} of policy decides; the
 * moves that it wants go through the same migrations as those that a user orders.
 *
 * <p>Threads: the two deciders belong to the one platform thread {@code godwit-scheduler} of a
 * {@link io.godwit.node.cluster.DutyCycle}; every event of another thread reaches them through its
 * bounded queue, and nothing on that thread waits for another node. Notes and moves are carried out
 * by virtual threads, a bounded number at once; a note that finds no room is dropped, as losing it
 * is harmless. There are no locks but those of the queue and the maps.
 *
 * <p>Invariants: a process is in at most one move; what a scheduler has ordered ends with exactly
 * one {@code MigrationEnded}; nothing that a note says is believed of any node but its sender's own
 * words about load; two nodes that both live can migrate whatever this room does.
 */
@NullMarked
package io.godwit.node.cluster;

import org.jspecify.annotations.NullMarked;

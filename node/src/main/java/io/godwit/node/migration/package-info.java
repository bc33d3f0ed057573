/**
 * The migration algorithm of the survey's section 2.5 and figure 3: negotiate, detach, redirect,
 * extract, create, transfer, forward, resume.
 *
 * <p>{@link io.godwit.node.migration.SourceMigration} and {@link
 * io.godwit.node.migration.DestinationMigration} walk through the steps, each on one thread. What a
 * failure means is not theirs to judge: they tell it to their side's {@link
 * io.godwit.node.migration.OwnershipCase}, which performs what a pure machine says ({@link
 * io.godwit.node.migration.SourceOwnership}, {@link
 * io.godwit.node.migration.DestinationOwnership}). A test walks through all states that the two
 * machines can reach together.
 *
 * <p>Every wait ends: a {@link io.godwit.node.migration.Conversation} breaks when the other side is
 * silent and closes the page channel, whose own limits are in {@link io.godwit.wire.WireLimits};
 * the limits of this room are in {@link io.godwit.node.NodeLimits}. What is undecided then is asked
 * about by {@link io.godwit.node.migration.Doubts}.
 *
 * <p>Threads: a case is a monitor, entered by the thread of its migration, by calls of the other
 * node and by the round of the doubts; nothing in it waits for the other node. A conversation is a
 * monitor too, and calls nobody but gRPC from inside, which takes messages without blocking.
 *
 * <p>Pages that follow a process: {@link io.godwit.node.migration.PagesLeft} answers at the source,
 * {@link io.godwit.node.migration.RemotePages} asks at the destination, and {@link
 * io.godwit.node.migration.LeftBehind} knows all of a node and brings the two together again after
 * a death.
 */
@NullMarked
package io.godwit.node.migration;

import org.jspecify.annotations.NullMarked;

/**
 * This node among the others: the calls it answers, the connections it keeps, and what it tells of
 * itself. One connection to each node, made when first needed, made anew when a call over it was
 * not answered.
 *
 * <p>Threads: each other node has a {@link io.godwit.node.peers.Heartbeat} of its own, so that one
 * that is silent keeps no other waiting. A silent node that calls is asked back at once: two nodes
 * hear each other again as soon as either reaches the other.
 */
@NullMarked
package io.godwit.node.peers;

import org.jspecify.annotations.NullMarked;

/**
 * Load information management (survey section 2.7): what load is and in which units, how fresh it
 * is, and how it spreads: {@code gossip} (MOSIX), {@code central} (Sprite's migd, LSF's master),
 * {@code negotiated} (Mach) and {@code hierarchical}.
 *
 * <p>Everything here is pure: no thread, lock, socket, file, wall clock or unseeded randomness. A
 * {@link io.godwit.policy.load.Dissemination} is stepped by its owner, always from one thread: the
 * daemon from its duty cycle, the simulator from its event queue, a test by hand. Times are
 * nanoseconds of the owner's monotonic clock. Clocks of two nodes are never compared: a message
 * says when it was sent and when each of its records was taken, both by the sender's clock, so that
 * the receiver learns the age and counts on by its own clock (the time on the wire counts as age
 * zero; it is far below the period).
 *
 * <p>Invariants: a view never contains its own node; a record about a node is replaced only by one
 * with a higher sequence number of that node; under gossip the bytes sent by a node depend on the
 * window and the period alone, never on the number of nodes.
 */
@NullMarked
package io.godwit.policy.load;

import org.jspecify.annotations.NullMarked;

/**
 * Virtual time around the very classes of policy: load layers and schedulers of simulated nodes are
 * the ones that a daemon runs, stepped from an event queue instead of a duty cycle.
 *
 * <p>One study is one thread. Time is nanoseconds in a long; events are ordered by time and, within
 * one instant, by the order in which they were scheduled. Every random choice comes from a
 * generator split from the study's seed, one for each purpose, so that the same seed gives the same
 * result and a change in one place does not shift the random numbers of another.
 *
 * <p>{@link io.godwit.simulator.Study} is the door: options in, results, table, JSON and charts
 * out.
 */
@NullMarked
package io.godwit.simulator;

import org.jspecify.annotations.NullMarked;

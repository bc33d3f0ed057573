/**
 * Distributed scheduling (survey section 2.8): when to migrate ({@link
 * io.godwit.policy.scheduling.ActivationPolicy}), which process ({@link
 * io.godwit.policy.scheduling.SelectionPolicy}) and where to ({@link
 * io.godwit.policy.scheduling.LocationPolicy}), each interchangeable, and what keeps it stable.
 *
 * <p>The {@link io.godwit.policy.scheduling.Scheduler} of a node puts them together. It is stepped
 * with events and answers with effects; its owner carries them out: the daemon, the simulator, or a
 * test by hand. One thread at a time, no locks, nothing of the outside world: time comes as an
 * argument, randomness as a seeded generator, load through {@link io.godwit.policy.load.LoadView}
 * and {@link io.godwit.policy.scheduling.LocalNode}.
 *
 * <p>Initial placement, migration, eviction and drain run through one pipeline: every node that is
 * considered either survives all filters or leaves its reason behind, and every decision keeps
 * these reasons. That is what {@code godwit explain} prints.
 */
@NullMarked
package io.godwit.policy.scheduling;

import org.jspecify.annotations.NullMarked;

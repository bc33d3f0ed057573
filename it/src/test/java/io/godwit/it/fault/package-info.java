/**
 * Migrations that go wrong: daemons in processes of their own are stopped before a phase of a
 * migration, and something is killed or cut there.
 *
 * <p>A {@link io.godwit.it.fault.GatedDaemon} is the product's daemon with a {@link
 * io.godwit.it.fault.FileGate} in it, which only tests have; the test closes gates by making files.
 * What counts is what the kernel runs and what the moved program wrote, not what daemons say.
 */
@NullMarked
package io.godwit.it.fault;

import org.jspecify.annotations.NullMarked;

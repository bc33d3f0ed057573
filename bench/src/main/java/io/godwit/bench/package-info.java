/**
 * Measurements: what a migration costs a program, as the program itself saw it, beside what the
 * machine does with the same bytes in the same run.
 *
 * <p>{@link io.godwit.bench.MigrationBench} walks through a grid of {@link io.godwit.bench.Cell}s
 * on {@link io.godwit.bench.TwoNodes}, which whoever calls it provides, and makes a {@link
 * io.godwit.bench.Row} of each. Nothing is estimated: a figure that could not be taken is absent,
 * and a strategy that the nodes refuse is a row that says so. One thread; it sleeps between moves
 * as a person with a stop watch would.
 */
@NullMarked
package io.godwit.bench;

import org.jspecify.annotations.NullMarked;

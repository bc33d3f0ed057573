/**
 * Batch work, as LSF and Condor have it (survey sections 4.5 and 5.4): which of the jobs that wait
 * may start now. Where a job starts is decided by {@code policy.scheduling}, by the same code that
 * decides where a process moves. Pure functions of what they are given; the room keeps nothing.
 */
@NullMarked
package io.godwit.policy.jobs;

import org.jspecify.annotations.NullMarked;

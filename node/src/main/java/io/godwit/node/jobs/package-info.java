/**
 * Batch work. {@link io.godwit.node.jobs.JobRoom} keeps the jobs that were submitted to this node
 * in a durable spool, starts them when {@code policy.jobs} allows it, where {@code
 * policy.scheduling} places them, and tells how they ended. The node that a job was submitted to is
 * the home of its process and decides alone about it.
 *
 * <p>Survival: a job that is checkpointed is under a lease wherever it runs away from home. {@link
 * io.godwit.node.jobs.LeaseHolder}, on the node that runs it, renews the lease at the home with
 * every claim; {@link io.godwit.node.jobs.LeaseGuard}, a process of its own that outlives the
 * daemon, freezes the pod when the lease is over. {@link io.godwit.node.jobs.LeaseBook}, at the
 * home, grants leases to the one node whose epoch is the highest; when a lease and a margin are
 * over without a claim, the process runs nowhere, and the home restarts it from its last checkpoint
 * under a higher epoch. An instance that comes back is told so at its next claim, and is killed. No
 * clock of two nodes is ever compared: the holder counts from before it asked, the home from after
 * it has answered.
 *
 * <p>Threads: {@code godwit-jobs} dispatches; what takes long (moves, checkpoints, restarts) runs
 * on virtual threads, at most one at a time for each job. All state of jobs is guarded by the
 * room's monitor, which nobody holds while calling the {@link io.godwit.node.jobs.JobHost}.
 *
 * <p>Invariants: what the spool says was written before it was told to anybody; a job is started,
 * or restarted, only by its home, and only after the spool says so.
 */
@NullMarked
package io.godwit.node.jobs;

import org.jspecify.annotations.NullMarked;

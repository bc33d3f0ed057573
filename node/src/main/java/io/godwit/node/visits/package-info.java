/**
 * Coming back: what the memory of a pod held when it left this node is kept for a while, so that it
 * need not be sent when the pod returns. A copy is pages and their digests, without addresses: a
 * page is found by its content, wherever the process has it.
 *
 * <p>Threads: the one that copies fills a {@link io.godwit.node.visits.KeptCopy} and indexes it;
 * after that any may read, one at a time. {@link io.godwit.node.visits.KeptCopies} is safe from any
 * thread; its lock is never held while memory is read, written or hashed. A copy that is closed
 * while somebody reads it has no pages.
 *
 * <p>Invariants: a page leaves a copy only when its SHA-256, computed after it was read, begins as
 * asked for. Copies lie in memory files without a name, which end with the daemon.
 */
@NullMarked
package io.godwit.node.visits;

import org.jspecify.annotations.NullMarked;

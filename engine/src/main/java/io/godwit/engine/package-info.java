/**
 * A live process tree to an image and back, stage by stage. {@link io.godwit.engine.Engine} is the
 * way in.
 *
 * <p>Threads: everything that uses ptrace runs on the thread of one {@link io.godwit.linux.Tracer}
 * per tree; the facade's classes hand their work to it. Reading and writing memory needs no tracer
 * and runs on the caller's thread while the tree stays stopped.
 *
 * <p>A resource that processes hold is the affair of a {@link io.godwit.engine.kind.ResourceKind}.
 * The engine calls each kind before the freeze ({@code inspect}), under it ({@code collect}), and
 * in every {@link io.godwit.engine.restore.RestoreStage} ({@code recreate}). System calls that
 * kinds want made inside a process are gathered ({@link io.godwit.engine.kind.InjectedCalls}) and
 * made in one go.
 *
 * <p>Invariants: a failure before the release leaves the source as it was and nothing at the
 * destination; no thread of a tree that is built executes an instruction of its own before the
 * release; nothing of the injection remains in a process that runs.
 */
@NullMarked
package io.godwit.engine;

import org.jspecify.annotations.NullMarked;

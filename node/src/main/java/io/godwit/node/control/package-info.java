/**
 * The control server: what the command of this machine asks its daemon over a Unix socket.
 *
 * <p>Threads: one platform thread {@code godwit-control} accepts; each connection has a virtual
 * thread {@code godwit-control-N} that reads its one request and carries it out by calling {@link
 * io.godwit.node.control.NodeOperations}, and, for requests that go on, a second one that reads
 * what the client says meanwhile. No lock is held while an operation runs.
 *
 * <p>Invariants: nobody reaches an operation on a process before the kernel's word for who is
 * calling (SO_PEERCRED) was compared with the owner of the process: a user acts on their own
 * processes only, root on any. No failure of a request harms another request.
 */
@NullMarked
package io.godwit.node.control;

import org.jspecify.annotations.NullMarked;

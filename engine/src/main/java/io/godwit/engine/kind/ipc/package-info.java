/**
 * System V shared memory, semaphores and message queues of a pod's own IPC namespace. The objects
 * belong to the namespace, not to a process: they are read and made on a thread that enters the
 * namespace for it and ends. At the source nothing is taken out: messages are copied, and the
 * adjustments that semaphores get at the end of a process are found by operations that fail as a
 * whole. What shows afterwards is the time of the last attachment of segments that nobody had
 * attached. At the destination the objects get their old ids before there are processes; these
 * attach them while their memory is built, and what was removed but attached is removed again when
 * all have.
 *
 * <p>Not carried, because no call sets them: the process ids of the last users and the times of
 * objects; of a semaphore set it is kept whether it was ever operated on.
 */
@NullMarked
package io.godwit.engine.kind.ipc;

import org.jspecify.annotations.NullMarked;

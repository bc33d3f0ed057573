/**
 * System V interprocess communication (sysvipc(7)): shared memory segments, semaphore sets and
 * message queues. All calls work on the IPC namespace of the calling thread; {@link
 * io.godwit.linux.Namespaces#inside} is the way into another one. What is read is read without
 * taking anything away: messages by MSG_COPY, adjustments of semaphores by operations that are
 * bound to fail as a whole.
 */
@NullMarked
package io.godwit.linux.ipc;

import org.jspecify.annotations.NullMarked;

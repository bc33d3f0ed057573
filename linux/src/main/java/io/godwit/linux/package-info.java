/**
 * The kernel as typed Java: calls that throw LinuxException, and the types that keep process ids,
 * descriptors and addresses apart. Mechanism without policy; knows nothing of migration.
 *
 * <p>The classes of calls have no state and may be used by any thread. Memory for the kernel lives
 * in an arena of the one call, or in a block that its object owns. Descriptors are close-on-exec
 * and belong to who opened them. What the kernel keeps for each thread (tracees, namespaces) stays
 * on the platform thread that the class names.
 */
@NullMarked
package io.godwit.linux;

import org.jspecify.annotations.NullMarked;

/**
 * Pods: the namespaces, the cgroup and the init that a program runs in, the same on every node, and
 * the near side of the program's console.
 *
 * <p>A {@link io.godwit.node.pod.PodRoom} has one thread, {@code godwit-pods}, that waits for what
 * the inits report and takes away what has ended; a console's relay has one thread each. Pods
 * outlive the daemon: what it needs to find them again is in the record of each and in the
 * descriptors that each init keeps.
 */
@NullMarked
package io.godwit.node.pod;

import org.jspecify.annotations.NullMarked;

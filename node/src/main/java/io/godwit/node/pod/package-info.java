/** Pods: the namespaces, the cgroup and the init that a program runs in, the same on every node. */
@NullMarked
package io.godwit.node.pod;

import org.jspecify.annotations.NullMarked;

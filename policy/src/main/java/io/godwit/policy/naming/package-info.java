/** Where a process is now: home node, forwarding, and epochs of ownership. Pure. */
@NullMarked
package io.godwit.policy.naming;

import org.jspecify.annotations.NullMarked;

/** Membership and the replicated registry: adapters to JGroups and jgroups-raft. */
@NullMarked
package io.godwit.node.cluster;

import org.jspecify.annotations.NullMarked;

/**
 * The trust of a cluster: its authority (made once by {@code godwit init}), the certificates of its
 * nodes, and the one-time tokens by which a new machine is admitted.
 *
 * <p>The authority's key never leaves the node that founded the cluster; only that node makes
 * tokens and signs. A token is remembered by the hash of its secret and marked as used on disk
 * before anything is signed, so that no crash makes it good twice.
 */
@NullMarked
package io.godwit.node.security;

import org.jspecify.annotations.NullMarked;

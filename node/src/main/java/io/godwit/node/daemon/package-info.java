/**
 * The daemon itself: which processes are here, which were started here and are elsewhere, and what
 * users and other nodes may ask of them. {@link io.godwit.node.daemon.Daemon} is put together by
 * hand, bottom up: state directory, pods, processes, the link to the cluster, the control socket.
 *
 * <p>Locks: the monitor of a {@link io.godwit.node.daemon.ProcessRegistry} guards its map and is
 * never held while another room is called.
 */
@NullMarked
package io.godwit.node.daemon;

import org.jspecify.annotations.NullMarked;

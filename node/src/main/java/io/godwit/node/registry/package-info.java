/**
 * The replicated registry: which process is where under which epoch, how nodes are, and which
 * scheduling profile was chosen. Three or five nodes, the voters, keep it (Raft, by jgroups-raft
 * over JGroups); all others ask a voter over the node protocol, which passes on to the leader what
 * is to be entered. See docs/design/registry.md.
 *
 * <p>{@link io.godwit.node.registry.RegistryState} is what all voters hold alike: a pure state
 * machine that changes by the entries of the log and by nothing else. {@link
 * io.godwit.node.registry.Voter} lets a node take part; {@link
 * io.godwit.node.registry.RemoteRegistry} asks the nodes that do. {@link
 * io.godwit.node.registry.RegistryScribe} enters, again and again, what this node knows better than
 * the registry does: a word that is lost is said again, so nothing that happens to a process waits
 * for the registry.
 *
 * <p>Threads: {@code godwit-registry} is the scribe's; {@code godwit-voter} begins to take part and
 * ends when that is done; the others of a voter are JGroups' own, named {@code jgroups-...}, and
 * end when it is closed. A voter's state is guarded by the monitor of its {@code RegistryState},
 * which nobody holds while calling something else.
 *
 * <p>Invariants: an epoch never goes down, so that of two owners of a process the one of the higher
 * epoch counts; what a voter answers to an update was forced to the disks of a majority; what comes
 * from a peer, from the log or from a snapshot is checked before it is used, and every table has an
 * upper bound that is the same on all voters, as it must be where all have to decide alike.
 */
@NullMarked
package io.godwit.node.registry;

import org.jspecify.annotations.NullMarked;

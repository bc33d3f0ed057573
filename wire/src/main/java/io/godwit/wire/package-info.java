/**
 * The node-to-node contract. Control goes through gRPC ({@link io.godwit.wire.PeerServer}, {@link
 * io.godwit.wire.PeerConnection}) under mutual TLS; the state of processes goes through {@link
 * io.godwit.wire.PageChannel}, a framing of our own on a socket channel, which moves several times
 * as many bytes a second.
 *
 * <p>Trust: a node is known by a certificate that the cluster's own authority signed ({@link
 * io.godwit.wire.ClusterTrust}). Validity times are not judged inside the handshake, where a wrong
 * clock can only be reported as a broken connection, but right after it, where both clocks are
 * known and both can be named. Until then nothing but the greeting passes.
 *
 * <p>Threads: handlers run on virtual threads; a page channel belongs to one sending and one
 * receiving thread. Everything a peer sends is bounded by {@link io.godwit.wire.WireLimits} before
 * memory is taken for it.
 *
 * <p>Time: a call has a deadline; a page channel must be greeted in time and must move while it is
 * being sent to ({@link io.godwit.wire.StallWatch}). A channel that only waits for the next frame
 * waits as long as its owner wants.
 */
@NullMarked
package io.godwit.wire;

import org.jspecify.annotations.NullMarked;

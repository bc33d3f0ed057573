/**
 * The control protocol between the command and the daemon of its node: length-framed JSON over a
 * Unix socket. Both ends use the classes of this package, so that the command knows nothing of the
 * daemon's rooms.
 *
 * <p>A connection carries one request. The client sends it as the first frame and the daemon
 * answers with any number of events, console bytes and at last one result or one failure; meanwhile
 * the client may send inputs (console bytes, a new window size, a signal). Either side ends the
 * conversation by closing the connection; what that means (cancel, detach, go on unobserved) is
 * said at each {@link io.godwit.core.control.Method}.
 *
 * <p>The classes hold no thread and one lock: the writing side of a {@link
 * io.godwit.core.control.ControlChannel}. Everything received is bounded by {@link
 * io.godwit.core.control.ControlLimits} before it is kept.
 */
@NullMarked
package io.godwit.core.control;

import org.jspecify.annotations.NullMarked;

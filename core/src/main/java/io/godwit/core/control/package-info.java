/**
 * The control protocol between the command and the daemon of its node: length-framed JSON over a
 * Unix socket. Both ends use the classes of this package, so that the command knows nothing of the
 * daemon's rooms.
 */
@NullMarked
package io.godwit.core.control;

import org.jspecify.annotations.NullMarked;

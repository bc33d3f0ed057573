/**
 * Unix socket pairs inside the tree with what waits in them, listening sockets, and datagram
 * sockets. Stateless; belongs to the tracer's thread.
 */
@NullMarked
package io.godwit.engine.kind.socket;

import org.jspecify.annotations.NullMarked;

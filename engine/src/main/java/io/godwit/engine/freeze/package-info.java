/**
 * Stopping a whole tree of processes and letting it go as if nothing had happened. Everything here
 * belongs to the thread of one Tracer.
 */
@NullMarked
package io.godwit.engine.freeze;

import org.jspecify.annotations.NullMarked;

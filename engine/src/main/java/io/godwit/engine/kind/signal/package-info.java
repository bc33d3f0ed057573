/**
 * What a process does on signals, and the signals that wait for it. Stateless; belongs to the
 * tracer's thread.
 */
@NullMarked
package io.godwit.engine.kind.signal;

import org.jspecify.annotations.NullMarked;

/**
 * Interval timers and POSIX timers, with the time that they had left. Stateless; belongs to the
 * tracer's thread.
 */
@NullMarked
package io.godwit.engine.kind.timer;

import org.jspecify.annotations.NullMarked;

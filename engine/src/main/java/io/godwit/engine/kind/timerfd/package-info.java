/**
 * Timers with a descriptor, timerfd_create(2). They start to run when everything else is in place.
 * Stateless; belongs to the tracer's thread.
 */
@NullMarked
package io.godwit.engine.kind.timerfd;

import org.jspecify.annotations.NullMarked;

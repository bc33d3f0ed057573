/** Event counters, eventfd(2). Stateless; belongs to the tracer's thread. */
@NullMarked
package io.godwit.engine.kind.eventfd;

import org.jspecify.annotations.NullMarked;

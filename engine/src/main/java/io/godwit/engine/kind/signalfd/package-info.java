/** Signals read from a descriptor, signalfd(2). Stateless; belongs to the tracer's thread. */
@NullMarked
package io.godwit.engine.kind.signalfd;

import org.jspecify.annotations.NullMarked;

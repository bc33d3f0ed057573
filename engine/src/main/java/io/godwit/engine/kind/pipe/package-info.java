/**
 * Pipes and FIFOs with what is in them. Contents are copied with tee(2), which leaves them in
 * place. Stateless; belongs to the tracer's thread.
 */
@NullMarked
package io.godwit.engine.kind.pipe;

import org.jspecify.annotations.NullMarked;

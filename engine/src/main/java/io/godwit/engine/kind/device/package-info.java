/**
 * The devices that every machine has: null, zero, full, random, urandom. Stateless; belongs to the
 * tracer's thread.
 */
@NullMarked
package io.godwit.engine.kind.device;

import org.jspecify.annotations.NullMarked;

/**
 * The words that every room shares: identities, errors, sizes, limits, clock and randomness.
 * Immutable values only; no thread, no lock, no input or output.
 */
@NullMarked
package io.godwit.core;

import org.jspecify.annotations.NullMarked;

/**
 * Programs that were not written for Godwit, each with an input, a way to make it, and a result
 * that can be compared with an unmoved run's.
 */
@NullMarked
package io.godwit.it.corpus;

import org.jspecify.annotations.NullMarked;

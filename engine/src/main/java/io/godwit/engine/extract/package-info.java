/**
 * Describing a frozen tree: the drafts that the kinds fill and the records that they become.
 * Belongs to the thread of one Tracer.
 */
@NullMarked
package io.godwit.engine.extract;

import org.jspecify.annotations.NullMarked;

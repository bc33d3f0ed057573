/**
 * Moving the contents of memory, as streams: out of a frozen tree into a PageSink, out of a
 * PageSource into a tree that is being built.
 */
@NullMarked
package io.godwit.engine.pages;

import org.jspecify.annotations.NullMarked;

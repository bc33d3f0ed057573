/**
 * Moving the contents of memory, as streams: out of a frozen tree into a PageSink, out of a
 * PageSource into a tree that is being built.
 *
 * <p>Pages that follow a tree which runs already: {@link io.godwit.engine.pages.FaultServer} at the
 * destination asks a {@link io.godwit.engine.pages.PageOrigin}, in the end a {@link
 * io.godwit.engine.pages.FrozenOrigin} at the source. What is missing is known beyond the death of
 * a daemon by a {@link io.godwit.engine.pages.FaultJournal}. The server's lock is held while the
 * origin is asked, never while it answers.
 */
@NullMarked
package io.godwit.engine.pages;

import org.jspecify.annotations.NullMarked;

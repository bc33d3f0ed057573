/**
 * Which pages go when: one small class for each of the survey's data transfer strategies (section
 * 3.2, table 5). A strategy is stepped with what has happened to a migration and says what is to be
 * done next; it never sees a page's content, a process or a socket, only {@link
 * io.godwit.policy.transfer.PageSet sets of page numbers}. Pure: no thread, lock, socket, file,
 * wall clock or unseeded randomness; one thread at a time.
 *
 * <p>Invariants, which the tests check for every strategy and any order of faults: each resident
 * page is sent, stored or left to its file at least once after it was last written; {@code Resume}
 * is said once and only after {@code Freeze}; {@code Complete} is said once, when the source is
 * needed no more.
 */
@NullMarked
package io.godwit.policy.transfer;

import org.jspecify.annotations.NullMarked;

/**
 * Threads: registers, signal masks, what set_tid_address, rseq and the like registered, scheduling,
 * and the calls in which they are blocked.
 */
@NullMarked
package io.godwit.engine.kind.thread;

import org.jspecify.annotations.NullMarked;

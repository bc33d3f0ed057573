/**
 * Processes to images at rest and back: what stands between the engine, which knows frozen and
 * rebuilt trees, and the image's files. Used by the daemon and, without one, by the command. The
 * caller's thread does all the work; nothing here is shared between threads.
 */
@NullMarked
package io.godwit.node.checkpoint;

import org.jspecify.annotations.NullMarked;

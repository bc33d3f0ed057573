/**
 * Descriptors whose other end stays behind: the console of a pod. The engine does not look into
 * them. The caller names them by identity at checkpoint and supplies others in their place, by
 * role, at restore. Immutable values; no threads.
 */
@NullMarked
package io.godwit.engine.kind.console;

import org.jspecify.annotations.NullMarked;

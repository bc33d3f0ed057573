/**
 * Descriptors of processes of the tree, pidfd_open(2). Stateless; belongs to the tracer's thread.
 */
@NullMarked
package io.godwit.engine.kind.pidfd;

import org.jspecify.annotations.NullMarked;

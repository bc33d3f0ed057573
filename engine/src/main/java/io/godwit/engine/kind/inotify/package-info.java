/** Watches on files, inotify(7), under their numbers. Stateless; belongs to the tracer's thread. */
@NullMarked
package io.godwit.engine.kind.inotify;

import org.jspecify.annotations.NullMarked;

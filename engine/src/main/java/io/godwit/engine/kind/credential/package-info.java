/**
 * Whose rights the threads have: ids, groups, capabilities, no_new_privs, seccomp filters.
 * Stateless; belongs to the tracer's thread.
 */
@NullMarked
package io.godwit.engine.kind.credential;

import org.jspecify.annotations.NullMarked;

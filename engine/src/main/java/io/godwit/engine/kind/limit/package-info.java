/**
 * Resource limits and the attributes of a process: personality, dumpable, prctl(2), oom_score_adj.
 * Stateless; belongs to the tracer's thread.
 */
@NullMarked
package io.godwit.engine.kind.limit;

import org.jspecify.annotations.NullMarked;

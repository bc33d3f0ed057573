/**
 * Figures for Prometheus: what counts ({@link io.godwit.node.metrics.Tally}, {@link
 * io.godwit.node.metrics.Distribution}), the text format that tells it ({@link
 * io.godwit.node.metrics.Exposition}), and the server of that text. Knows nothing of migrations or
 * jobs: each room keeps its own figures and tells them when it is asked.
 *
 * <p>Threads: figures may be changed and told from any thread; a change never waits for a lock that
 * is held for long. The server answers each request on a virtual thread {@code godwit-metrics-N}.
 *
 * <p>Invariants: the number of series is bounded whatever peers say; no label tells the name of a
 * process or of its user.
 */
@NullMarked
package io.godwit.node.metrics;

import org.jspecify.annotations.NullMarked;

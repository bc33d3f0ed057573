/** Measurements: freeze time, throughput, page-fault latency. No tests here. */
@NullMarked
package io.godwit.bench;

import org.jspecify.annotations.NullMarked;

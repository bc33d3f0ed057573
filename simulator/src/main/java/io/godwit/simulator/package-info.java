/**
 * Virtual time, network and node models, workloads and traces, statistics and plots, around the
 * very classes of policy.
 */
@NullMarked
package io.godwit.simulator;

import org.jspecify.annotations.NullMarked;

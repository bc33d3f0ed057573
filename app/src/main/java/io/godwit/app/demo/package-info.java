/**
 * {@code godwit demo}: real programs move between three nodes of a {@link
 * io.godwit.app.testbed.Testbed} while they run, and their results are compared with those of runs
 * that never moved. One thread for each program; what they print goes through {@link
 * io.godwit.app.demo.Stage}, which is guarded by its monitor.
 */
@NullMarked
package io.godwit.app.demo;

import org.jspecify.annotations.NullMarked;

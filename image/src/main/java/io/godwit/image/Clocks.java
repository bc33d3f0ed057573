package io.godwit.image;

/**
 * The clocks at the freeze, as the processes saw them, in nanoseconds. The restoring side sets the
 * pod's time namespace so that monotonic and boottime go on from here.
 */
public record Clocks(long realtimeNanos, long monotonicNanos, long boottimeNanos) {}

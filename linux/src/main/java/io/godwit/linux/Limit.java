package io.godwit.linux;

/** Soft and hard limit of a resource, in its own unit; {@link #UNLIMITED} is RLIM_INFINITY. */
public record Limit(long soft, long hard) {
  /** All bits set, as the kernel has it. */
  public static final long UNLIMITED = -1L;
}

package io.godwit.linux;

import org.jspecify.annotations.Nullable;

/** The resources of getrlimit(2), with their names in /proc/PID/limits. */
public enum Resource {
  CPU(0, "Max cpu time"),
  FILE_SIZE(1, "Max file size"),
  DATA(2, "Max data size"),
  STACK(3, "Max stack size"),
  CORE(4, "Max core file size"),
  RESIDENT_SET(5, "Max resident set"),
  PROCESSES(6, "Max processes"),
  OPEN_FILES(7, "Max open files"),
  LOCKED_MEMORY(8, "Max locked memory"),
  ADDRESS_SPACE(9, "Max address space"),
  FILE_LOCKS(10, "Max file locks"),
  PENDING_SIGNALS(11, "Max pending signals"),
  MESSAGE_QUEUE_BYTES(12, "Max msgqueue size"),
  NICE(13, "Max nice priority"),
  REALTIME_PRIORITY(14, "Max realtime priority"),
  REALTIME_TIME(15, "Max realtime timeout");

  private final int number;
  private final String title;

  Resource(int number, String title) {
    this.number = number;
    this.title = title;
  }

  /** The RLIMIT_ number. */
  public int number() {
    return number;
  }

  /** The name in /proc/PID/limits. */
  public String title() {
    return title;
  }

  /** The resource with an RLIMIT_ number, or null. */
  public static @Nullable Resource of(int number) {
    return number >= 0 && number < values().length ? values()[number] : null;
  }
}

package io.godwit.engine;

/** The limits of this room, with their units. */
public final class EngineLimits {
  /** How often a tree is looked through for new threads before the freeze is given up. */
  public static final int FREEZE_ROUNDS = 200;

  /** How often a freeze begins again when a thread would not stop. */
  public static final int FREEZE_ATTEMPTS = 3;

  /** How long a thread may take to stop, in nanoseconds. */
  public static final long STOP_TIMEOUT_NANOS = 700_000_000L;

  /** When a thread takes longer to stop, it is looked whether it is in vfork(2), in nanoseconds. */
  public static final long VFORK_LOOK_NANOS = 2_000_000L;

  /** Instructions that a thread is led out of the vDSO for, at most; a reading takes about 60. */
  public static final int VDSO_STEPS = 4000;

  /** How long one instruction may take that has to wait for a page from a disk, in nanoseconds. */
  public static final long STEP_TIMEOUT_NANOS = 10_000_000_000L;

  /** How long an undo waits for a thread that never stopped, in nanoseconds. */
  public static final long LET_GO_TIMEOUT_NANOS = 500_000_000L;

  /** How long a killed thread may take to end, in nanoseconds; thousands end one after another. */
  public static final long KILL_TIMEOUT_NANOS = 20_000_000_000L;

  /** How long an undo tries to take back locks that the destination had, in nanoseconds. */
  public static final long LOCK_RETAKE_NANOS = 3_000_000_000L;

  /** The pause between these tries, in nanoseconds. */
  public static final long LOCK_RETAKE_PAUSE_NANOS = 5_000_000L;

  /** The largest piece of memory that is read or written at once, in bytes. */
  public static final int PAGE_CHUNK = 1 << 20;

  /** The size and alignment of a huge page, in bytes. */
  public static final long HUGE_PAGE = 2L << 20;

  /** How many huge pages in a row may be refused before no more are asked for. */
  public static final int HUGE_PAGE_REFUSALS = 8;

  /** The kernel's page size, in bytes. */
  public static final int PAGE_SIZE = 4096;

  private EngineLimits() {}
}

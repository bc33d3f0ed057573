package io.godwit.linux.launch;

/**
 * Where things are in the address space of a script's process, and what a step looks like.
 *
 * <pre>
 *  CODE       the walker and the init loop            r-x
 *  VARIABLES  the words below                         rw-
 *  TABLE      steps of 72 bytes each                  rw-
 *  DATA       strings, buffers, pointer arrays        rw-
 *
 *  step: u32 call number | u32 flags | u64 argument[6] | u64 store result at (0: nowhere) |
 *        u64 address of the child's next step (FORK only)
 * </pre>
 */
final class ScriptLayout {
  static final long CODE = 0x1000_0000L;
  static final long VARIABLES = 0x1001_0000L;
  static final long TABLE = 0x1002_0000L;
  static final long DATA = 0x1020_0000L;

  /** Steps that fit between the table and the data. */
  static final int STEPS_LIMIT = 8192;

  /** Bytes of data: arguments and environment of a program stay below the kernel's own limit. */
  static final int DATA_LIMIT = 8 << 20;

  static final int STEP_BYTES = 72;
  static final int STEP_FLAGS = 4;
  static final int STEP_ARGUMENTS = 8;
  static final int STEP_STORE = 56;
  static final int STEP_CHILD = 64;

  /** A failure of the step does not end the script. */
  static final int FLAG_ATTEMPT = 1;

  /** A process that gets 0 goes on at the child's step. */
  static final int FLAG_FORK = 2;

  /** No call: from here on the process is an init. */
  static final int FLAG_INIT = 4;

  /** i32: where failures are reported. */
  static final long STATUS_FD = VARIABLES;

  /** i32: where the init reports what it reaped (not blocking), and the other end. */
  static final long REPORT_FD = VARIABLES + 8;

  static final long REPORT_READ_FD = VARIABLES + 16;

  /** i32: the process that gets the signals; its record is never dropped. */
  static final long MAIN_PID = VARIABLES + 24;

  /** u32 step, i32 errno. */
  static final long FAILURE = VARIABLES + 32;

  /** i32 pid, i32 wait status. */
  static final long RECORD = VARIABLES + 40;

  static final long SCRATCH = VARIABLES + 48;

  /** The signal set that is waited for: all. */
  static final long ALL_SIGNALS = VARIABLES + 64;

  static final long NO_SIGNALS = VARIABLES + 72;

  /** siginfo_t, 128 bytes. */
  static final long SIGINFO = VARIABLES + 128;

  static final int VARIABLE_BYTES = 256;

  private ScriptLayout() {}
}

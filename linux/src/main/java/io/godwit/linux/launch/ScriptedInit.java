package io.godwit.linux.launch;

import io.godwit.core.Pid;
import io.godwit.linux.Fd;

/** What a process that entered the init loop of a {@link CallScript} understands. */
public final class ScriptedInit {
  /** SIGRTMAX: its value is a descriptor that the init closes. Obeyed only from outside. */
  public static final int COMMAND_SIGNAL = 64;

  /** Bytes of one report: i32 pid as the init's namespace numbers it, i32 wait status. */
  public static final int REPORT_BYTES = 8;

  private ScriptedInit() {}

  /** Tells an init, from outside its PID namespace, to close one of its descriptors. */
  public static void closeDescriptor(Pid init, Fd number) {
    ProcessHandles.queueSignal(init, COMMAND_SIGNAL, number.number());
  }
}

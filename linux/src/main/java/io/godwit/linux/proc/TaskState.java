package io.godwit.linux.proc;

import org.jspecify.annotations.Nullable;

/** What a task is doing, as the letter of /proc/PID/stat says. */
public enum TaskState {
  RUNNING('R'),
  SLEEPING('S'),
  DISK_SLEEP('D'),
  STOPPED('T'),
  TRACING_STOP('t'),
  DEAD('X'),
  ZOMBIE('Z'),
  PARKED('P'),
  IDLE('I');

  private final char letter;

  TaskState(char letter) {
    this.letter = letter;
  }

  public char letter() {
    return letter;
  }

  /** The state for a letter, or null. */
  public static @Nullable TaskState of(char letter) {
    for (TaskState state : values()) {
      if (state.letter == letter) {
        return state;
      }
    }
    return null;
  }
}

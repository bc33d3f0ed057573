package io.godwit.linux.proc;

import java.util.ArrayList;
import java.util.List;

/** /proc/PID/syscall: what a task is blocked in, proc_pid_syscall(5). */
public sealed interface CurrentSyscall {
  /** The task runs, in user space or in the kernel. */
  record Running() implements CurrentSyscall {}

  /** Blocked without being in a system call, as in a page fault or a stop. */
  record Outside(long stackPointer, long programCounter) implements CurrentSyscall {}

  /** Blocked in a system call; the list holds its six arguments. */
  record Inside(long number, List<Long> arguments, long stackPointer, long programCounter)
      implements CurrentSyscall {
    public Inside {
      arguments = List.copyOf(arguments);
    }
  }

  static CurrentSyscall parse(String text) {
    Line line = Lines.only("syscall", text);
    String first = line.word();
    if (first.equals("running")) {
      return new Running();
    }
    long number = line.decimal(first);
    if (number == -1) {
      return new Outside(line.hex(), line.hex());
    }
    List<Long> arguments = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      arguments.add(line.hex());
    }
    return new Inside(number, arguments, line.hex(), line.hex());
  }
}

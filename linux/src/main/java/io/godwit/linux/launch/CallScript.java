package io.godwit.linux.launch;

import io.godwit.linux.Fd;
import io.godwit.linux.abi.Architecture;
import io.godwit.linux.abi.Syscall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A list of system calls that a new process makes one after the other. A call that fails ends its
 * process with a report (which step, errno) on the status descriptor, unless it was only attempted.
 * Data has its final address as soon as it is added. Not safe for use by several threads.
 */
public final class CallScript {
  /** One step: its place in the table and what a failure of it means to a person. */
  public record Step(int index, String what) {
    /** The address of one of its six arguments, so that an earlier result can be put there. */
    public long argument(int which) {
      if (which < 0 || which > 5) {
        throw new IllegalArgumentException("a call has arguments 0 to 5, not " + which);
      }
      return address() + ScriptLayout.STEP_ARGUMENTS + 8L * which;
    }

    private long address() {
      return ScriptLayout.TABLE + (long) index * ScriptLayout.STEP_BYTES;
    }
  }

  /** struct clone_args of linux/sched.h: its size and the places of what is used of it. */
  private static final int CLONE_ARGUMENTS = 88;

  private static final int CLONE_EXIT_SIGNAL = 32;
  private static final int CLONE_SET_TID = 64;

  private final ByteBuffer table =
      ByteBuffer.allocate(ScriptLayout.STEPS_LIMIT * ScriptLayout.STEP_BYTES)
          .order(ByteOrder.LITTLE_ENDIAN);
  private final List<Step> steps = new ArrayList<>();
  private final Growing data = new Growing();
  private final int statusFd;
  private int reportFd = -1;
  private int reportReadFd = -1;
  private int mainPid;

  /**
   * @param status the number, in the new process, of the descriptor that takes reports of failure
   */
  public CallScript(Fd status) {
    this.statusFd = status.number();
  }

  /** Adds bytes to the process's data; the result is their address. */
  public long bytes(byte[] content) {
    return ScriptLayout.DATA + data.add(content);
  }

  /** Adds a string with its terminating zero byte. */
  public long string(String text) {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    for (byte b : encoded) {
      if (b == 0) {
        throw new IllegalArgumentException("a string with a zero byte cannot be passed: " + text);
      }
    }
    return bytes(java.util.Arrays.copyOf(encoded, encoded.length + 1));
  }

  /** Adds a null-terminated array of strings, as execve takes them. */
  public long strings(List<String> texts) {
    ByteBuffer pointers =
        ByteBuffer.allocate(8 * (texts.size() + 1)).order(ByteOrder.LITTLE_ENDIAN);
    for (String text : texts) {
      pointers.putLong(string(text));
    }
    return bytes(pointers.array());
  }

  /** A call whose failure ends the script; {@code what} tells a person what was being done. */
  public Step call(String what, Syscall call, long... arguments) {
    return step(what, number(call), 0, arguments);
  }

  /** A call whose failure does not matter. */
  public Step attempt(String what, Syscall call, long... arguments) {
    return step(what, number(call), ScriptLayout.FLAG_ATTEMPT, arguments);
  }

  /** clone(2) without a new stack. The child goes on where {@link #child} says. */
  public Step fork(String what, long flags) {
    return step(what, number(Syscall.CLONE), ScriptLayout.FLAG_FORK, flags);
  }

  /**
   * clone3(2) of a child with a chosen number in the innermost PID namespace. The child goes on
   * where {@link #child} says.
   */
  public Step forkAs(String what, int pid, int exitSignal) {
    long setTid = bytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(pid).array());
    ByteBuffer arguments = ByteBuffer.allocate(CLONE_ARGUMENTS).order(ByteOrder.LITTLE_ENDIAN);
    arguments.putLong(CLONE_EXIT_SIGNAL, exitSignal);
    arguments.putLong(CLONE_SET_TID, setTid).putLong(CLONE_SET_TID + 8, 1);
    return step(
        what,
        number(Syscall.CLONE3),
        ScriptLayout.FLAG_FORK,
        bytes(arguments.array()),
        CLONE_ARGUMENTS);
  }

  /** The step added next is where the child of a fork goes on. */
  public void child(Step fork) {
    table.putLong(
        fork.index() * ScriptLayout.STEP_BYTES + ScriptLayout.STEP_CHILD,
        new Step(steps.size(), "").address());
  }

  /** The step added next, so that an argument of it can take a result. */
  public Step next() {
    return new Step(steps.size(), "");
  }

  /** Puts the low 32 bits of a step's result at an address when it has been made. */
  public void store(Step step, long address) {
    table.putLong(step.index() * ScriptLayout.STEP_BYTES + ScriptLayout.STEP_STORE, address);
  }

  /** The result of this step is the process that an init passes signals to. */
  public void storeMainPid(Step fork) {
    store(fork, ScriptLayout.MAIN_PID);
  }

  /** The same for a process that is not forked by the script but known by its number. */
  public void mainPid(int podPid) {
    this.mainPid = podPid;
  }

  /** The address of a signal set with all signals in it. */
  public long allSignals() {
    return ScriptLayout.ALL_SIGNALS;
  }

  /** The address of an empty signal set. */
  public long noSignals() {
    return ScriptLayout.NO_SIGNALS;
  }

  /**
   * From here on the process is an init: it reaps, passes signals on and ends with its last child.
   *
   * @param report takes its records; must not block
   * @param reportRead the other end, from which it makes room for the main process's record
   */
  public void becomeInit(Fd report, Fd reportRead) {
    reportFd = report.number();
    reportReadFd = reportRead.number();
    step("become the init", 0, ScriptLayout.FLAG_INIT);
  }

  /** What the step was that reported a failure. */
  public String describe(int failureOffset) {
    int index = failureOffset / ScriptLayout.STEP_BYTES;
    return index >= 0 && index < steps.size() ? steps.get(index).what() : "step " + index;
  }

  /** The step that reported a failure, or -1 where there is no such step. */
  public int stepAt(int failureOffset) {
    int index = failureOffset / ScriptLayout.STEP_BYTES;
    return index >= 0 && index < steps.size() ? index : -1;
  }

  /** The whole program as an ELF file. */
  public byte[] elf() {
    ByteBuffer variables =
        ByteBuffer.allocate(ScriptLayout.VARIABLE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    putVariable(variables, ScriptLayout.STATUS_FD, statusFd);
    putVariable(variables, ScriptLayout.REPORT_FD, reportFd);
    putVariable(variables, ScriptLayout.REPORT_READ_FD, reportReadFd);
    putVariable(variables, ScriptLayout.MAIN_PID, mainPid);
    variables.putLong((int) (ScriptLayout.ALL_SIGNALS - ScriptLayout.VARIABLES), -1L);
    byte[] used = new byte[steps.size() * ScriptLayout.STEP_BYTES];
    table.get(0, used);
    ScriptCode machine = ScriptCode.of(Architecture.current());
    return ScriptElf.write(
        machine.elfMachine(), machine.code(), variables.array(), used, data.toBytes());
  }

  private static void putVariable(ByteBuffer variables, long address, int value) {
    variables.putInt((int) (address - ScriptLayout.VARIABLES), value);
  }

  private static int number(Syscall call) {
    int number = Architecture.current().number(call);
    if (number < 0) {
      throw new UnsupportedOperationException(call.manualName() + " is not on this architecture");
    }
    return number;
  }

  private Step step(String what, int number, int flags, long... arguments) {
    if (steps.size() >= ScriptLayout.STEPS_LIMIT) {
      throw new IllegalStateException("a script has at most " + ScriptLayout.STEPS_LIMIT);
    }
    int at = steps.size() * ScriptLayout.STEP_BYTES;
    table.putInt(at, number);
    table.putInt(at + ScriptLayout.STEP_FLAGS, flags);
    for (int i = 0; i < arguments.length; i++) {
      int slot = at + ScriptLayout.STEP_ARGUMENTS + 8 * i;
      table.putLong(slot, arguments[i]);
    }
    Step step = new Step(steps.size(), what);
    steps.add(step);
    return step;
  }

  /** Bytes that are added at the end, aligned to 8. */
  private static final class Growing {
    private byte[] content = new byte[4096];
    private int size;

    int add(byte[] more) {
      int at = (size + 7) & ~7;
      if (at + more.length > ScriptLayout.DATA_LIMIT) {
        throw new IllegalArgumentException(
            "arguments and environment exceed " + ScriptLayout.DATA_LIMIT + " bytes");
      }
      while (at + more.length > content.length) {
        content = java.util.Arrays.copyOf(content, content.length * 2);
      }
      System.arraycopy(more, 0, content, at, more.length);
      size = at + more.length;
      return at;
    }

    byte[] toBytes() {
      return java.util.Arrays.copyOf(content, Math.max(size, 8));
    }
  }
}

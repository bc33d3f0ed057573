package io.godwit.linux.launch;

import io.godwit.linux.abi.Architecture;
import io.godwit.linux.abi.Syscall;

/**
 * A program that outlives whoever started it and does one thing: each time the timer at its
 * descriptor 0 expires (timerfd_create(2)) it writes the character {@code 1} to its descriptor 1.
 * It ends when that fails. All signals that can be are blocked; it has no session in common with
 * its parent.
 */
public final class TimerGuard {
  private static final int SIG_SETMASK = 2;
  private static final int SET_BYTES = 8;
  private static final int FIRST_CLOSED = 2;
  private static final long ALL = 0xffff_ffffL;

  /** What the timer's read gives. */
  private static final long EXPIRATIONS = ScriptLayout.VARIABLES;

  private static final long ONE = ScriptLayout.VARIABLES + 8;
  private static final long SIGNALS = ScriptLayout.VARIABLES + 16;

  private TimerGuard() {}

  /** The program, for {@link Spawner#spawn}. */
  public static byte[] elf() {
    Architecture architecture = Architecture.current();
    if (!architecture.name().equals("x86_64")) {
      throw new UnsupportedOperationException("no guard for " + architecture.name());
    }
    byte[] variables = new byte[24];
    variables[8] = '1';
    for (int i = 16; i < variables.length; i++) {
      variables[i] = -1;
    }
    return ScriptElf.write(
        X86Assembler.EM_X86_64, new Code().code(), variables, new byte[1], new byte[1]);
  }

  private static final class Code extends X86Assembler {
    byte[] code() {
      setEdi(FIRST_CLOSED);
      setEsi(ALL);
      setEdx(0);
      call(Syscall.CLOSE_RANGE);
      call(Syscall.SETSID);
      setEdi(SIG_SETMASK);
      setEsi(SIGNALS);
      setEdx(0);
      emit(0x41, 0xba);
      word(SET_BYTES); // mov r10d, 8
      call(Syscall.RT_SIGPROCMASK);
      label("wait");
      setEdi(0);
      setEsi(EXPIRATIONS);
      setEdx(8);
      call(Syscall.READ);
      emit(0x48, 0x85, 0xc0); // test rax, rax
      jump("end", 0x0f, 0x8e); // jle
      setEdi(1);
      setEsi(ONE);
      setEdx(1);
      call(Syscall.WRITE);
      emit(0x48, 0x85, 0xc0); // test rax, rax
      jump("wait", 0x0f, 0x8f); // jg
      label("end");
      setEdi(0);
      call(Syscall.EXIT_GROUP);
      return resolved();
    }

    private void setEdi(long value) {
      emit(0xbf);
      word(value);
    }
  }
}

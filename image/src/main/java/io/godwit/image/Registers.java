package io.godwit.image;

import java.util.List;
import java.util.Optional;

/**
 * The registers of a thread as regsets of PTRACE_GETREGSET, each in the kernel's layout for the
 * image's architecture. On x86-64 the general set is struct user_regs_struct, 27 words of 64 bits,
 * FS and GS base among them, and the XSAVE area is the set NT_X86_XSTATE.
 *
 * @param general the set NT_PRSTATUS
 * @param others every other set that has to be restored
 */
public record Registers(Bytes general, List<RegisterSet> others) {
  /** NT_X86_XSTATE of elf.h: floating point and vector registers in the XSAVE layout. */
  public static final int X86_XSTATE = 0x202;

  public Registers {
    Require.size(general, 8, 4096, "the general registers");
    Require.that(general.size() % 8 == 0, "general registers are words of 8 bytes");
    others = Require.list(others, 64, "register sets");
  }

  /** The general register at an index of the kernel's layout. */
  public long word(int index) {
    return general.asBuffer().getLong(index * 8);
  }

  /** The content of another set. */
  public Optional<Bytes> set(int noteType) {
    return others.stream()
        .filter(set -> set.noteType() == noteType)
        .map(RegisterSet::content)
        .findFirst();
  }

  /**
   * One regset.
   *
   * @param noteType NT_* of elf.h
   */
  public record RegisterSet(int noteType, Bytes content) {
    public RegisterSet {
      Require.size(content, 1, 1 << 20, "a register set");
    }
  }
}

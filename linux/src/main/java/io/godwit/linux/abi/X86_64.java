package io.godwit.linux.abi;

import java.util.Map;

/** The x86-64 architecture (also called amd64). */
public final class X86_64 implements Architecture {
  private final Map<Syscall, Integer> numbers = X86_64SyscallTable.numbers();

  X86_64() {}

  @Override
  public String name() {
    return "x86_64";
  }

  @Override
  public int number(Syscall call) {
    Integer number = numbers.get(call);
    return number == null ? -1 : number;
  }
}

package io.godwit.linux.launch;

import io.godwit.linux.abi.Architecture;

/**
 * The machine code of a script's walker and of the init loop, and what its ELF header says of the
 * processor. One implementation for each architecture.
 */
interface ScriptCode {
  /** e_machine of the ELF header, elf(5). */
  int elfMachine();

  /**
   * The code, to be loaded at {@link ScriptLayout#CODE} and entered at its first byte. Variables
   * and table are at the addresses of {@link ScriptLayout}.
   */
  byte[] code();

  static ScriptCode of(Architecture architecture) {
    return switch (architecture.name()) {
      case "x86_64" -> new X86ScriptCode();
      default ->
          throw new UnsupportedOperationException("no script code for " + architecture.name());
    };
  }
}

package io.godwit.linux;

import io.godwit.linux.abi.X86_64Code;

/**
 * The code that the kernel maps into every process. It holds {@code syscall} instructions, which
 * serve to inject the first call into a process without writing to its code.
 */
public final class VdsoImage {
  private VdsoImage() {}

  /**
   * Finds a {@code syscall} instruction.
   *
   * @param code a piece of executable memory
   * @return its offset, or -1
   */
  public static int syscallOffset(byte[] code) {
    for (int i = 0; i + 1 < code.length; i++) {
      if (X86_64Code.isSyscall(code, i)) {
        return i;
      }
    }
    return -1;
  }
}

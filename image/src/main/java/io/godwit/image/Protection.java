package io.godwit.image;

/** The access that a mapping allows (PROT_READ, PROT_WRITE, PROT_EXEC of mmap(2)). */
public record Protection(boolean read, boolean write, boolean execute) {
  /** The PROT_* bits of mmap(2), the same on every architecture. */
  public int bits() {
    return (read ? 1 : 0) | (write ? 2 : 0) | (execute ? 4 : 0);
  }

  /** From the PROT_* bits of mmap(2). */
  public static Protection of(int bits) {
    Require.range(bits, 0, 7, "a mapping's protection");
    return new Protection((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0);
  }

  @Override
  public String toString() {
    return (read ? "r" : "-") + (write ? "w" : "-") + (execute ? "x" : "-");
  }
}

package io.godwit.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The general registers of a stopped thread: user_regs_struct of sys/user.h on x86-64, 27 words.
 * The order is the kernel's. Immutable.
 */
public final class Registers {
  /** Size in bytes. */
  public static final int SIZE = 27 * 8;

  private static final int R13 = 2;
  private static final int R12 = 3;
  private static final int R10 = 7;
  private static final int R9 = 8;
  private static final int R8 = 9;
  private static final int RAX = 10;
  private static final int RDX = 12;
  private static final int RSI = 13;
  private static final int RDI = 14;
  private static final int ORIG_RAX = 15;
  private static final int RIP = 16;
  private static final int EFLAGS = 18;
  private static final int RSP = 19;
  private static final int[] ARGUMENTS = {RDI, RSI, RDX, R10, R8, R9};
  private static final long DIRECTION_AND_TRAP_FLAGS = 0x500;

  private final long[] words;

  private Registers(long[] words) {
    this.words = words;
  }

  /** Reads the structure from 216 bytes at the buffer's position. */
  public static Registers read(ByteBuffer from) {
    long[] words = new long[SIZE / 8];
    from.order(ByteOrder.nativeOrder());
    for (int i = 0; i < words.length; i++) {
      words[i] = from.getLong();
    }
    return new Registers(words);
  }

  /** From the bytes of the structure. */
  public static Registers of(byte[] bytes) {
    if (bytes.length != SIZE) {
      throw new IllegalArgumentException("registers are " + SIZE + " bytes, not " + bytes.length);
    }
    return read(ByteBuffer.wrap(bytes));
  }

  public void write(ByteBuffer to) {
    to.order(ByteOrder.nativeOrder());
    for (long word : words) {
      to.putLong(word);
    }
  }

  /** The structure as the kernel has it. */
  public byte[] toBytes() {
    byte[] bytes = new byte[SIZE];
    write(ByteBuffer.wrap(bytes));
    return bytes;
  }

  public long instructionPointer() {
    return words[RIP];
  }

  public long stackPointer() {
    return words[RSP];
  }

  /** The value that a system call returned, or the register that holds it. */
  public long result() {
    return words[RAX];
  }

  /** The number of the system call that the thread is in, or negative. */
  public long syscallNumber() {
    return words[ORIG_RAX];
  }

  /** The i-th argument of the system call that the thread is in. */
  public long argument(int i) {
    return words[ARGUMENTS[i]];
  }

  public boolean inSyscall() {
    return words[ORIG_RAX] >= 0;
  }

  /** A 32-bit (compatibility mode) thread has another code segment. */
  public boolean is32Bit() {
    return words[17] == 0x23;
  }

  private Registers with(int index, long value) {
    long[] copy = words.clone();
    copy[index] = value;
    return new Registers(copy);
  }

  public Registers withInstructionPointer(long value) {
    return with(RIP, value);
  }

  /** With another i-th argument of a system call. */
  public Registers withArgument(int i, long value) {
    return with(ARGUMENTS[i], value);
  }

  public Registers withResult(long value) {
    return with(RAX, value);
  }

  /** With no system call in progress, so that the kernel restarts none. */
  public Registers outOfSyscall() {
    return with(ORIG_RAX, -1);
  }

  /** At the syscall instruction again, to begin the interrupted call anew with its arguments. */
  public Registers callAgain() {
    long[] copy = words.clone();
    copy[RIP] -= io.godwit.linux.abi.X86_64Code.SYSCALL_LENGTH;
    copy[RAX] = words[ORIG_RAX];
    copy[ORIG_RAX] = -1;
    return new Registers(copy);
  }

  /** Ready to enter a system call at the given syscall instruction. */
  public Registers forSyscall(long gadget, long number, long... arguments) {
    long[] copy = words.clone();
    copy[RIP] = gadget;
    copy[RAX] = number;
    copy[ORIG_RAX] = -1;
    copy[EFLAGS] &= ~DIRECTION_AND_TRAP_FLAGS;
    for (int i = 0; i < arguments.length; i++) {
      copy[ARGUMENTS[i]] = arguments[i];
    }
    return new Registers(copy);
  }

  /** Ready to run the batch walker: see {@link io.godwit.linux.abi.X86_64Code}. */
  public Registers forWalker(long code, long table, long count) {
    long[] copy = words.clone();
    copy[RIP] = code;
    copy[R12] = table;
    copy[R13] = count;
    copy[RAX] = 0;
    copy[ORIG_RAX] = -1;
    copy[EFLAGS] &= ~DIRECTION_AND_TRAP_FLAGS;
    return new Registers(copy);
  }

  /** How many entries of its table the walker has left undone. */
  public long walkerRemaining() {
    return words[R13];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Registers r && Arrays.equals(words, r.words);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(words);
  }

  @Override
  public String toString() {
    return "rip %x rsp %x rax %x orig_rax %d"
        .formatted(words[RIP], words[RSP], words[RAX], words[ORIG_RAX]);
  }
}

package io.godwit.linux.abi;

import java.io.ByteArrayOutputStream;

/**
 * The machine code of x86-64 that runs inside other processes, assembled by hand.
 *
 * <p>The batch walker executes a table of system calls and stops at a breakpoint:
 *
 * <pre>
 * in:  r12 = first entry, r13 = number of entries; uses no stack
 * entry (64 bytes):  0 number (32 bits) | 4 flags (32 bits) | 8 six arguments | 56 result
 * flags: bits 0-5: argument i is the address of a cell that holds it; bit 8: an error ends the walk
 * out: int3; r13 = entries not done (the failing one counts as not done)
 * </pre>
 */
public final class X86_64Code {
  /** A flag of an entry: a result in -4095..-1 ends the walk. */
  public static final int FLAG_STOP_ON_ERROR = 0x100;

  /** Size of one entry of the walker's table in bytes. */
  public static final int ENTRY_SIZE = 64;

  /** Offset of the result in an entry. */
  public static final int ENTRY_RESULT = 56;

  /** The length of {@code syscall}, by which a restarted call steps back. */
  public static final int SYSCALL_LENGTH = 2;

  private X86_64Code() {}

  /** Whether a {@code syscall} instruction stands at the index. */
  public static boolean isSyscall(byte[] code, int at) {
    return code[at] == 0x0f && code[at + 1] == 0x05;
  }

  /** The walker; a lone {@code syscall; int3} for single calls stands at {@link #GADGET}. */
  public static byte[] walker() {
    Assembler a = new Assembler();
    // GADGET: syscall; int3; then the loop that a freshly started stub runs: mov eax,34 (pause)
    a.bytes(0x0f, 0x05, 0xcc, 0x90);
    a.bytes(0xb8, 0x22, 0, 0, 0, 0x0f, 0x05, 0xeb, 0xf7); // IDLE: mov eax,34; syscall; jmp IDLE
    a.padTo(WALKER);
    int loop = a.here();
    a.bytes(0x4d, 0x85, 0xed); // test r13,r13
    int toDone = a.jumpShort(0x74); // jz done
    a.bytes(0x41, 0x8b, 0x5c, 0x24, 0x04); // mov ebx,[r12+4]
    int[][] loads = {
      {0x49, 0x8b, 0x7c, 0x24, 8, 0x48, 0x8b, 0x3f}, // rdi
      {0x49, 0x8b, 0x74, 0x24, 16, 0x48, 0x8b, 0x36}, // rsi
      {0x49, 0x8b, 0x54, 0x24, 24, 0x48, 0x8b, 0x12}, // rdx
      {0x4d, 0x8b, 0x54, 0x24, 32, 0x4d, 0x8b, 0x12}, // r10
      {0x4d, 0x8b, 0x44, 0x24, 40, 0x4d, 0x8b, 0x00}, // r8
      {0x4d, 0x8b, 0x4c, 0x24, 48, 0x4d, 0x8b, 0x09}, // r9
    };
    for (int i = 0; i < loads.length; i++) {
      int[] l = loads[i];
      a.bytes(l[0], l[1], l[2], l[3], l[4]); // mov reg,[r12+8+8*i]
      a.bytes(0xf6, 0xc3, 1 << i); // test bl,1<<i
      a.bytes(0x74, 3); // jz over
      a.bytes(l[5], l[6], l[7]); // mov reg,[reg]
    }
    a.bytes(0x41, 0x8b, 0x04, 0x24); // mov eax,[r12]
    a.bytes(0x0f, 0x05); // syscall
    a.bytes(0x49, 0x89, 0x44, 0x24, 56); // mov [r12+56],rax
    a.bytes(0xf6, 0xc7, 0x01); // test bh,1
    int toNext = a.jumpShort(0x74); // jz next
    a.bytes(0x48, 0x3d, 0x01, 0xf0, 0xff, 0xff); // cmp rax,-4095
    int toDoneOnError = a.jumpShort(0x73); // jae done
    a.land(toNext);
    a.bytes(0x49, 0x83, 0xc4, 64); // add r12,64
    a.bytes(0x49, 0xff, 0xcd); // dec r13
    a.jumpBack(loop);
    a.land(toDone);
    a.land(toDoneOnError);
    a.bytes(0xcc); // int3
    return a.toBytes();
  }

  /** Offset of {@code syscall; int3} in the code. */
  public static final int GADGET = 0;

  /** Offset of the loop that waits for ever. */
  public static final int IDLE = 4;

  /** Offset of the batch walker in the code. */
  public static final int WALKER = 16;

  private static final class Assembler {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final java.util.Map<Integer, Integer> landings = new java.util.HashMap<>();

    void bytes(int... values) {
      for (int value : values) {
        out.write(value);
      }
    }

    void padTo(int offset) {
      while (out.size() < offset) {
        out.write(0xcc);
      }
    }

    int here() {
      return out.size();
    }

    int jumpShort(int opcode) {
      bytes(opcode, 0);
      return out.size();
    }

    void land(int afterJump) {
      landings.put(afterJump, out.size());
    }

    void jumpBack(int target) {
      int displacement = target - (out.size() + 2);
      if (displacement < -128) {
        throw new IllegalStateException("the loop is too long for a short jump");
      }
      bytes(0xeb, displacement);
    }

    byte[] toBytes() {
      byte[] code = out.toByteArray();
      landings.forEach((after, target) -> code[after - 1] = (byte) (target - after));
      return code;
    }
  }
}

package io.godwit.linux.launch;

import io.godwit.linux.abi.Architecture;
import io.godwit.linux.abi.Syscall;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.Map;

/** Collects x86-64 machine code with labels; addresses and constants fit in 32 bits. */
class X86Assembler {
  static final int EM_X86_64 = 62;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Map<String, Integer> labels = new HashMap<>();
  private final Map<Integer, String> jumps = new HashMap<>();

  final void storeEax(long address) {
    emit(0x89, 0x04, 0x25);
    word(address);
  }

  final void loadEdi(long address) {
    emit(0x8b, 0x3c, 0x25);
    word(address);
  }

  final void setEsi(long value) {
    emit(0xbe);
    word(value);
  }

  final void setEdx(long value) {
    emit(0xba);
    word(value);
  }

  final void call(Syscall call) {
    emit(0xb8);
    word(Architecture.current().number(call)); // mov eax, number
    emit(0x0f, 0x05); // syscall
  }

  final void label(String name) {
    labels.put(name, out.size());
  }

  /** A jump with a 32-bit displacement; the opcode bytes say which. */
  final void jump(String label, int... opcode) {
    emit(opcode);
    jumps.put(out.size(), label);
    word(0);
  }

  final void emit(int... bytes) {
    for (int b : bytes) {
      out.write(b);
    }
  }

  final void word(long value) {
    for (int shift = 0; shift < 32; shift += 8) {
      out.write((int) (value >> shift));
    }
  }

  final byte[] resolved() {
    byte[] code = out.toByteArray();
    jumps.forEach(
        (at, label) -> {
          Integer target = labels.get(label);
          if (target == null) {
            throw new AssertionError("no label " + label);
          }
          int displacement = target - (at + 4);
          for (int i = 0; i < 4; i++) {
            code[at + i] = (byte) (displacement >> (8 * i));
          }
        });
    return code;
  }
}

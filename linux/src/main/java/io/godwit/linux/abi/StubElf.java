package io.godwit.linux.abi;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The program that a restored process starts as: a static ELF of one segment that holds the code of
 * {@link X86_64Code} and waits for ever in it.
 *
 * <pre>
 *   0  ELF header (64)   64  one program header (56)   256  code
 * </pre>
 */
public final class StubElf {
  /** Where the segment is mapped; above mmap_min_addr, below where programs are linked. */
  public static final long BASE = 0x20000;

  /** Offset of the code in the file and in the segment. */
  public static final int CODE = 256;

  private StubElf() {}

  /** The file's bytes. */
  public static byte[] bytes() {
    byte[] code = X86_64Code.walker();
    ByteBuffer elf = ByteBuffer.allocate(CODE + code.length).order(ByteOrder.LITTLE_ENDIAN);
    elf.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0}).putLong(0);
    elf.putShort((short) 2).putShort((short) 62).putInt(1); // ET_EXEC, EM_X86_64, EV_CURRENT
    elf.putLong(BASE + CODE + X86_64Code.IDLE).putLong(64).putLong(0).putInt(0);
    elf.putShort((short) 64).putShort((short) 56).putShort((short) 1);
    elf.putShort((short) 64).putShort((short) 0).putShort((short) 0);
    elf.putInt(1).putInt(5); // PT_LOAD, R+X
    elf.putLong(0).putLong(BASE).putLong(BASE);
    elf.putLong(elf.capacity()).putLong(elf.capacity()).putLong(4096);
    elf.position(CODE);
    elf.put(code);
    return elf.array();
  }
}

package io.godwit.linux.launch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Writes a script as a static ELF executable, elf(5).
 *
 * <pre>
 *  0      ELF header, 64 bytes
 *  64     program headers, 56 bytes each: code r-x, variables rw-, table rw-, data rw-, stack rw-
 *  4096   code | variables | table | data, each at a multiple of the page size
 * </pre>
 */
final class ScriptElf {
  private static final int PAGE = 4096;
  private static final int HEADER = 64;
  private static final int PROGRAM_HEADER = 56;
  private static final int PT_LOAD = 1;
  private static final int PT_GNU_STACK = 0x6474e551;
  private static final int PF_X = 1;
  private static final int PF_W = 2;
  private static final int PF_R = 4;
  private static final short ET_EXEC = 2;

  private ScriptElf() {}

  static byte[] write(int elfMachine, byte[] code, byte[] variables, byte[] table, byte[] data) {
    byte[][] parts = {code, variables, table, data};
    long[] addresses = {
      ScriptLayout.CODE, ScriptLayout.VARIABLES, ScriptLayout.TABLE, ScriptLayout.DATA
    };
    int total = PAGE;
    for (byte[] part : parts) {
      total += pages(part.length);
    }
    ByteBuffer file = ByteBuffer.allocate(total).order(ByteOrder.LITTLE_ENDIAN);
    header(file, elfMachine, parts.length + 1);
    int offset = PAGE;
    for (int i = 0; i < parts.length; i++) {
      int flags = i == 0 ? PF_R | PF_X : PF_R | PF_W;
      programHeader(file, PT_LOAD, flags, offset, addresses[i], parts[i].length);
      file.put(offset, parts[i]);
      offset += pages(parts[i].length);
    }
    programHeader(file, PT_GNU_STACK, PF_R | PF_W, 0, 0, 0);
    return file.array();
  }

  private static void header(ByteBuffer file, int elfMachine, int programHeaders) {
    file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    file.putShort(ET_EXEC).putShort((short) elfMachine).putInt(1);
    file.putLong(ScriptLayout.CODE).putLong(HEADER).putLong(0);
    file.putInt(0).putShort((short) HEADER).putShort((short) PROGRAM_HEADER);
    file.putShort((short) programHeaders).putShort((short) 64).putShort((short) 0);
    file.putShort((short) 0);
  }

  private static void programHeader(
      ByteBuffer file, int type, int flags, long offset, long address, long length) {
    file.putInt(type).putInt(flags).putLong(offset).putLong(address).putLong(address);
    file.putLong(length).putLong(length).putLong(PAGE);
  }

  private static int pages(int length) {
    return (length + PAGE - 1) / PAGE * PAGE;
  }
}

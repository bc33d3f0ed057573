package io.godwit.linux.launch;

import io.godwit.linux.abi.Architecture;
import io.godwit.linux.abi.Syscall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A program of a few hundred bytes that measures from the inside how long it did not run: it sleeps
 * for a moment, reads the monotonic clock, and writes a record to its standard output when more
 * time has passed than it asked for. It runs until it is killed.
 *
 * <pre>
 *  record: u64 reading of the monotonic clock behind the gap | u64 nanoseconds since the one before
 * </pre>
 */
public final class GapClock {
  /** How long it sleeps between two readings. */
  public static final long PERIOD_NANOS = 500_000;

  /** Gaps below this are not recorded: any busy machine has them. */
  public static final long THRESHOLD_NANOS = 1_500_000;

  private static final int RECORD_BYTES = 16;

  private GapClock() {}

  /**
   * @param endNanos the clock's reading behind the gap
   */
  public record Gap(long endNanos, long nanos) {}

  /** The program as an ELF file. */
  public static byte[] elf() {
    Architecture architecture = Architecture.current();
    if (!architecture.name().equals("x86_64")) {
      throw new UnsupportedOperationException("no gap clock for " + architecture.name());
    }
    ByteBuffer variables = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    variables.putLong(0).putLong(PERIOD_NANOS);
    return ScriptElf.write(
        X86Assembler.EM_X86_64,
        new Code().assembled(),
        variables.array(),
        new byte[8],
        new byte[8]);
  }

  /** Reads what it has written; an unfinished record at the end is left out. */
  public static List<Gap> read(byte[] records) {
    ByteBuffer in = ByteBuffer.wrap(records).order(ByteOrder.LITTLE_ENDIAN);
    List<Gap> gaps = new ArrayList<>();
    while (in.remaining() >= RECORD_BYTES) {
      gaps.add(new Gap(in.getLong(), in.getLong()));
    }
    return gaps;
  }

  private static final class Code extends X86Assembler {
    private static final int CLOCK_MONOTONIC = 1;
    private static final long PERIOD = ScriptLayout.VARIABLES;
    private static final long NOW = ScriptLayout.VARIABLES + 16;
    private static final long RECORD = ScriptLayout.VARIABLES + 32;

    byte[] assembled() {
      emit(0x31, 0xdb); // xor ebx, ebx: the last reading, 0 before the first
      label("loop");
      emit(0xbf);
      word(CLOCK_MONOTONIC); // mov edi, clock
      emit(0x31, 0xf6); // xor esi, esi
      setEdx(PERIOD);
      emit(0x45, 0x31, 0xd2); // xor r10d, r10d
      call(Syscall.CLOCK_NANOSLEEP);
      emit(0xbf);
      word(CLOCK_MONOTONIC);
      setEsi(NOW);
      call(Syscall.CLOCK_GETTIME);
      emit(0x48, 0x69, 0x04, 0x25);
      word(NOW);
      word(1_000_000_000); // imul rax, [NOW], 10^9
      emit(0x48, 0x03, 0x04, 0x25);
      word(NOW + 8); // add rax, [NOW+8]
      emit(0x48, 0x89, 0xc1); // mov rcx, rax
      emit(0x48, 0x29, 0xd9); // sub rcx, rbx
      emit(0x48, 0x85, 0xdb); // test rbx, rbx
      emit(0x48, 0x89, 0xc3); // mov rbx, rax (leaves the flags)
      jump("loop", 0x0f, 0x84); // jz: the first reading
      emit(0x48, 0x81, 0xf9);
      word(THRESHOLD_NANOS); // cmp rcx, threshold
      jump("loop", 0x0f, 0x8c); // jl
      emit(0x48, 0x89, 0x04, 0x25);
      word(RECORD); // mov [RECORD], rax
      emit(0x48, 0x89, 0x0c, 0x25);
      word(RECORD + 8); // mov [RECORD+8], rcx
      emit(0xbf);
      word(1); // mov edi, 1
      setEsi(RECORD);
      setEdx(RECORD_BYTES);
      call(Syscall.WRITE);
      jump("loop", 0xe9);
      return resolved();
    }
  }
}

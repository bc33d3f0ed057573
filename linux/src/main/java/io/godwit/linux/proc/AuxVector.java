package io.godwit.linux.proc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * /proc/PID/auxv: the vector that execve(2) gave the program, getauxval(3).
 *
 * @param entries values by type, in the order of the vector, without AT_NULL
 */
public record AuxVector(Map<Long, Long> entries) {
  public static final long PHDR = 3;
  public static final long PAGE_SIZE = 6;
  public static final long BASE = 7;
  public static final long ENTRY = 9;
  public static final long PLATFORM = 15;
  public static final long HWCAP = 16;
  public static final long SECURE = 23;
  public static final long RANDOM = 25;
  public static final long EXECFN = 31;
  public static final long SYSINFO_EHDR = 33;

  private static final int MAX_ENTRIES = 256;

  public AuxVector {
    entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
  }

  /** Pairs of 64-bit numbers up to AT_NULL. */
  public static AuxVector parse(byte[] file) {
    ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.nativeOrder());
    Map<Long, Long> entries = new LinkedHashMap<>();
    while (buffer.remaining() >= 16) {
      long type = buffer.getLong();
      long value = buffer.getLong();
      if (type == 0) {
        return new AuxVector(entries);
      }
      entries.put(type, value);
      if (entries.size() > MAX_ENTRIES) {
        throw new ProcFormatException("auxv", 1, "too many entries", "");
      }
    }
    // A kernel thread has none.
    if (!entries.isEmpty() || buffer.hasRemaining()) {
      throw new ProcFormatException("auxv", 1, "AT_NULL is missing", "");
    }
    return new AuxVector(entries);
  }

  public @Nullable Long get(long type) {
    return entries.get(type);
  }
}

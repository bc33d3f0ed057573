package io.godwit.linux.proc;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * /proc/meminfo, proc_meminfo(5).
 *
 * @param values by name; in KiB where the file says kB, else plain numbers (HugePages_Total)
 */
public record MemInfo(Map<String, Long> values) {
  public MemInfo {
    values = Map.copyOf(values);
    for (String needed : new String[] {"MemTotal", "MemFree", "SwapTotal", "SwapFree"}) {
      if (!values.containsKey(needed)) {
        throw new ProcFormatException("meminfo", 1, "no line '" + needed + "'", "");
      }
    }
  }

  public static MemInfo parse(String text) {
    Map<String, Long> values = new LinkedHashMap<>();
    for (Line line : Lines.of("meminfo", text)) {
      values.put(line.until(':'), line.decimal());
    }
    return new MemInfo(values);
  }

  /** A value, 0 where the kernel does not name it. */
  public long get(String name) {
    return values.getOrDefault(name, 0L);
  }

  public long totalBytes() {
    return get("MemTotal") << 10;
  }

  public long freeBytes() {
    return get("MemFree") << 10;
  }

  /** What programs can still take without swapping; free memory where the kernel does not say. */
  public long availableBytes() {
    return values.getOrDefault("MemAvailable", get("MemFree")) << 10;
  }

  public long swapTotalBytes() {
    return get("SwapTotal") << 10;
  }

  public long swapFreeBytes() {
    return get("SwapFree") << 10;
  }
}

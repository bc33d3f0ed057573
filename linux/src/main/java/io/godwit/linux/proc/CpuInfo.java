package io.godwit.linux.proc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One processor of /proc/cpuinfo.
 *
 * @param flags of the processor that the kernel uses: avx2, avx512f, xsave ...
 * @param values every line by its name
 */
public record CpuInfo(
    int processor, String vendor, String modelName, Set<String> flags, Map<String, String> values) {
  public CpuInfo {
    flags = Set.copyOf(flags);
    values = Map.copyOf(values);
  }

  public static List<CpuInfo> parse(String text) {
    List<CpuInfo> processors = new ArrayList<>();
    Map<String, String> values = new LinkedHashMap<>();
    for (Line line : Lines.of("cpuinfo", text)) {
      if (line.text().isBlank()) {
        add(values, processors);
        values.clear();
      } else {
        String name = line.until(':').strip();
        values.put(name, line.rest());
      }
    }
    add(values, processors);
    return List.copyOf(processors);
  }

  private static void add(Map<String, String> values, List<CpuInfo> processors) {
    String number = values.get("processor");
    if (number != null) {
      String flags = values.getOrDefault("flags", values.getOrDefault("Features", ""));
      processors.add(
          new CpuInfo(
              new Line("cpuinfo", 1, number).decimalInt(),
              values.getOrDefault("vendor_id", ""),
              values.getOrDefault("model name", ""),
              flags.isBlank() ? Set.of() : Set.of(flags.strip().split(" +")),
              values));
    }
  }

  /** Clock rate now in MHz, 0 where unknown. */
  public double megahertz() {
    String value = values.get("cpu MHz");
    return value == null ? 0 : new Line("cpuinfo", 1, value).fraction();
  }
}

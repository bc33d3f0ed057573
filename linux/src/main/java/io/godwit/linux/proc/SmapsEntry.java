package io.godwit.linux.proc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A mapping of /proc/PID/smaps with its sizes and flags.
 *
 * @param kibibytes the "Name: n kB" lines by name, for example Rss
 * @param flags two-letter names of VmFlags, proc_pid_smaps(5): gd grows down, lo locked, dc not
 *     copied on fork, wf wiped on fork, dd not dumped, hg/nh huge pages advised or refused, mg
 *     mergeable, io, ht huge TLB, um/uw userfaultfd missing/write-protect, sd soft dirty, sl sealed
 */
public record SmapsEntry(MemoryMapping mapping, Map<String, Long> kibibytes, Set<String> flags) {
  public SmapsEntry {
    kibibytes = Map.copyOf(kibibytes);
    flags = Set.copyOf(flags);
  }

  /** All mappings in user space, in ascending order. */
  public static List<SmapsEntry> parse(String text) {
    List<SmapsEntry> entries = new ArrayList<>();
    @Nullable MemoryMapping current = null;
    Map<String, Long> sizes = new LinkedHashMap<>();
    Set<String> flags = new TreeSet<>();
    for (Line line : Lines.of("smaps", text)) {
      String first = line.text().isEmpty() ? "" : line.text().split("[ \t]", 2)[0];
      if (!first.endsWith(":")) {
        if (current != null) {
          entries.add(new SmapsEntry(current, sizes, flags));
        }
        current = MemoryMapping.parse(line);
        sizes.clear();
        flags.clear();
      } else if (first.equals("VmFlags:")) {
        line.expect("VmFlags:");
        while (!line.atEnd()) {
          flags.add(line.word());
        }
      } else if (line.text().endsWith(" kB")) {
        sizes.put(line.until(':'), line.decimal());
      }
    }
    if (current != null) {
      entries.add(new SmapsEntry(current, sizes, flags));
    }
    return List.copyOf(entries);
  }

  /** A size in KiB, 0 where the kernel does not name it. */
  public long kib(String name) {
    return kibibytes.getOrDefault(name, 0L);
  }

  public boolean has(String flag) {
    return flags.contains(flag);
  }

  /** MAP_GROWSDOWN: a stack. */
  public boolean growsDown() {
    return has("gd");
  }
}

package io.godwit.linux.proc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * /proc/stat, proc_stat(5): what the machine did since it started.
 *
 * @param total of all processors
 * @param processors by number, those that are on
 */
public record MachineStat(
    CpuTimes total,
    Map<Integer, CpuTimes> processors,
    long contextSwitches,
    long bootTimeSeconds,
    long forks,
    long running,
    long blocked) {
  public MachineStat {
    processors = Map.copyOf(processors);
  }

  /** Times in clock ticks of 1/100 s. Guest time is part of user time, as the kernel counts it. */
  public record CpuTimes(
      long user,
      long nice,
      long system,
      long idle,
      long ioWait,
      long irq,
      long softIrq,
      long steal,
      long guest,
      long guestNice) {
    /** Everything but idling and waiting for input and output. */
    public long busy() {
      return user + nice + system + irq + softIrq + steal;
    }

    public long total() {
      return busy() + idle + ioWait;
    }
  }

  public static MachineStat parse(String text) {
    Map<Integer, CpuTimes> processors = new LinkedHashMap<>();
    Map<String, Long> single = new LinkedHashMap<>();
    CpuTimes total = null;
    for (Line line : Lines.of("stat", text)) {
      String name = line.word();
      if (name.equals("cpu")) {
        total = times(line);
      } else if (name.startsWith("cpu")) {
        processors.put(line.decimalInt(name.substring(3)), times(line));
      } else if (!name.equals("intr") && !name.equals("softirq")) {
        single.put(name, line.decimal());
      }
    }
    if (total == null) {
      throw new ProcFormatException("stat", 1, "no line 'cpu'", "");
    }
    return new MachineStat(
        total,
        processors,
        single.getOrDefault("ctxt", 0L),
        single.getOrDefault("btime", 0L),
        single.getOrDefault("processes", 0L),
        single.getOrDefault("procs_running", 0L),
        single.getOrDefault("procs_blocked", 0L));
  }

  private static CpuTimes times(Line line) {
    List<Long> n = new ArrayList<>();
    while (!line.atEnd() && n.size() < 10) {
      n.add(line.decimal());
    }
    if (n.size() < 4) {
      throw line.wrong("too few times");
    }
    while (n.size() < 10) {
      n.add(0L);
    }
    return new CpuTimes(
        n.get(0), n.get(1), n.get(2), n.get(3), n.get(4), n.get(5), n.get(6), n.get(7), n.get(8),
        n.get(9));
  }
}

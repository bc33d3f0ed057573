package io.godwit.node.cluster;

import io.godwit.core.Pid;
import io.godwit.core.Tid;
import io.godwit.linux.LinuxException;
import io.godwit.linux.proc.MemInfo;
import io.godwit.linux.proc.NetDevice;
import io.godwit.linux.proc.ProcFormatException;
import io.godwit.linux.proc.ProcFs;
import io.godwit.linux.proc.ProcTask;
import io.godwit.linux.proc.SchedStat;
import io.godwit.linux.proc.TaskStat;
import io.godwit.linux.proc.TaskState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Figures out of /proc; proc(5). What has gone meanwhile, or is not there, reads as nothing. */
final class ProcFiles {
  private static final long TICK_NANOS = 1_000_000_000 / TaskStat.TICKS_PER_SECOND;
  private static final long PAGE_BYTES = 4096;
  private static final double PERCENT = 100;

  private final ProcFs proc;

  ProcFiles(Path root) {
    this.proc = new ProcFs(root.toString());
  }

  private static <T> Optional<T> present(Supplier<T> read) {
    try {
      return Optional.of(read.get());
    } catch (LinuxException | ProcFormatException gone) {
      return Optional.empty();
    }
  }

  private ProcTask process(int pid) {
    return proc.process(new Pid(pid));
  }

  /** How long a thread has run and waited for a processor. */
  Optional<SchedStat> times(int pid, int tid) {
    return present(process(pid).thread(new Tid(tid))::schedStat);
  }

  /** Whether a thread runs or waits for a processor or a disk, as the load average counts it. */
  boolean runnable(int pid, int tid) {
    return present(process(pid).thread(new Tid(tid))::stat)
        .map(TaskStat::state)
        .filter(state -> state == TaskState.RUNNING || state == TaskState.DISK_SLEEP)
        .isPresent();
  }

  /** Processor time of a process with its threads and the children that it has waited for. */
  long cpuNanos(int pid) {
    return present(process(pid)::stat)
        .map(s -> s.userTime() + s.systemTime() + s.childUserTime() + s.childSystemTime())
        .map(ticks -> ticks * TICK_NANOS)
        .orElse(0L);
  }

  /** Resident memory of a process that no file backs. */
  long anonymousBytes(int pid) {
    String[] fields = text(pid + "/statm").strip().split(" ");
    return fields.length < 3 ? 0 : Math.max(0, number(fields[1]) - number(fields[2])) * PAGE_BYTES;
  }

  Optional<MemInfo> memory() {
    return present(proc::memInfo);
  }

  /** Processor time of the whole machine: busy and in all, in clock ticks. */
  long[] machineTicks() {
    return present(proc::stat)
        .map(stat -> new long[] {stat.total().busy(), stat.total().total()})
        .orElse(new long[2]);
  }

  /** The share of the last ten seconds in which some task waited: kernel's accounting/psi.rst. */
  double pressure(String resource) {
    return present(() -> proc.pressure(resource))
        .map(found -> Math.clamp(found.some().average10() / PERCENT, 0, 1))
        .orElse(0.0);
  }

  /** What went through all network devices but the loopback one. */
  long networkBytes() {
    return present(proc.self()::netDevices).orElse(List.of()).stream()
        .filter(device -> !device.name().equals("lo"))
        .mapToLong(ProcFiles::bytes)
        .sum();
  }

  private static long bytes(NetDevice device) {
    return device.receivedBytes() + device.sentBytes();
  }

  /** A counter of /proc/vmstat; 0 where the kernel does not name it. */
  static long counter(String vmstat, String name) {
    for (String line : vmstat.split("\n")) {
      if (line.startsWith(name + " ")) {
        return number(line.substring(name.length() + 1).strip());
      }
    }
    return 0;
  }

  /** A whole file. */
  String text(String file) {
    try {
      return Files.readString(Path.of(proc.root(), file), StandardCharsets.ISO_8859_1);
    } catch (IOException gone) {
      return "";
    }
  }

  /** The processes, at most so many. */
  List<Integer> processes(int most) {
    return numbered("", most);
  }

  /** The threads of a process, at most so many. */
  List<Integer> threads(int pid, int most) {
    return numbered(pid + "/task", most);
  }

  private List<Integer> numbered(String directory, int most) {
    List<Integer> found = new ArrayList<>();
    String[] names = Path.of(proc.root(), directory).toFile().list();
    for (String name : names == null ? new String[0] : names) {
      if (found.size() < most && !name.isEmpty() && Character.isDigit(name.charAt(0))) {
        found.add((int) number(name));
      }
    }
    return found;
  }

  static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException other) {
      return 0;
    }
  }
}

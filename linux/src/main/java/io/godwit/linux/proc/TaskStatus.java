package io.godwit.linux.proc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * /proc/PID/status, proc_pid_status(5). Signal sets and capability sets are bit masks: signal n is
 * bit n - 1, capability n is bit n.
 *
 * @param processIds NSpid: the task's id in each PID namespace from the reader's inwards; for a
 *     thread its thread id
 * @param seccompMode 0 none, 1 strict, 2 filter
 * @param values every line by its name, for those that no component holds
 */
public record TaskStatus(
    String name,
    int umask,
    TaskState state,
    int threadGroup,
    int pid,
    int parent,
    int tracer,
    Credentials uid,
    Credentials gid,
    List<Integer> groups,
    List<Integer> threadGroupIds,
    List<Integer> processIds,
    List<Integer> processGroupIds,
    List<Integer> sessionIds,
    int threads,
    long pendingSignals,
    long sharedPendingSignals,
    long blockedSignals,
    long ignoredSignals,
    long caughtSignals,
    Capabilities capabilities,
    boolean noNewPrivileges,
    int seccompMode,
    int seccompFilters,
    long voluntarySwitches,
    long involuntarySwitches,
    Map<String, String> values) {
  public TaskStatus {
    groups = List.copyOf(groups);
    threadGroupIds = List.copyOf(threadGroupIds);
    processIds = List.copyOf(processIds);
    processGroupIds = List.copyOf(processGroupIds);
    sessionIds = List.copyOf(sessionIds);
    values = Map.copyOf(values);
  }

  /** The four user or group ids of a task. */
  public record Credentials(int real, int effective, int saved, int fileSystem) {}

  /** The five capability sets of a task, capabilities(7). */
  public record Capabilities(
      long inheritable, long permitted, long effective, long bounding, long ambient) {}

  /** Parses the whole file. */
  public static TaskStatus parse(String text) {
    Map<String, Line> at = new LinkedHashMap<>();
    Map<String, String> values = new LinkedHashMap<>();
    for (Line line : Lines.of("status", text)) {
      String name = line.until(':');
      at.put(name, line);
      values.put(name, line.text().substring(name.length() + 1).strip());
    }
    return new Reader(at, values).status();
  }

  /** A size in KiB such as VmRSS, 0 where the task has none. */
  public long kib(String key) {
    String value = values.get(key);
    return value == null || !value.endsWith(" kB")
        ? 0
        : Long.parseUnsignedLong(value.substring(0, value.length() - 3).strip());
  }

  /** Finds lines by name and says which is missing. */
  private record Reader(Map<String, Line> at, Map<String, String> values) {
    private Line line(String name) {
      Line line = at.get(name);
      if (line == null) {
        throw new ProcFormatException("status", at.size(), "no line '" + name + "'", "");
      }
      return line;
    }

    private TaskStatus status() {
      String letter = line("State").word();
      @Nullable TaskState state = TaskState.of(letter.charAt(0));
      if (state == null) {
        throw line("State").wrong("'" + letter + "' is not a state");
      }
      return new TaskStatus(
          line("Name").rest(),
          at.containsKey("Umask") ? line("Umask").octalInt(line("Umask").word()) : -1,
          state,
          line("Tgid").decimalInt(),
          line("Pid").decimalInt(),
          line("PPid").decimalInt(),
          line("TracerPid").decimalInt(),
          credentials("Uid"),
          credentials("Gid"),
          numbers("Groups"),
          numbers("NStgid"),
          numbers("NSpid"),
          numbers("NSpgid"),
          numbers("NSsid"),
          line("Threads").decimalInt(),
          line("SigPnd").hex(),
          line("ShdPnd").hex(),
          line("SigBlk").hex(),
          line("SigIgn").hex(),
          line("SigCgt").hex(),
          new Capabilities(
              line("CapInh").hex(),
              line("CapPrm").hex(),
              line("CapEff").hex(),
              line("CapBnd").hex(),
              line("CapAmb").hex()),
          optional("NoNewPrivs") != 0,
          optional("Seccomp"),
          optional("Seccomp_filters"),
          line("voluntary_ctxt_switches").decimal(),
          line("nonvoluntary_ctxt_switches").decimal(),
          values);
    }

    private Credentials credentials(String name) {
      Line line = line(name);
      return new Credentials(
          line.decimalInt(), line.decimalInt(), line.decimalInt(), line.decimalInt());
    }

    private List<Integer> numbers(String name) {
      List<Integer> numbers = new ArrayList<>();
      Line line = at.get(name);
      while (line != null && !line.atEnd()) {
        numbers.add(line.decimalInt());
      }
      return numbers;
    }

    /** Lines that depend on the kernel's configuration count as 0. */
    private int optional(String name) {
      Line line = at.get(name);
      return line == null ? 0 : line.decimalInt();
    }
  }
}

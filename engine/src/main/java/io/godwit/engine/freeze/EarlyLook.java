package io.godwit.engine.freeze;

import io.godwit.core.AddressRange;
import io.godwit.core.Pid;
import io.godwit.core.Tid;
import io.godwit.linux.LinuxException;
import io.godwit.linux.proc.MemoryMapping;
import io.godwit.linux.proc.ProcFormatException;
import io.godwit.linux.proc.ProcFs;
import io.godwit.linux.proc.ProcTask;
import io.godwit.linux.proc.SmapsEntry;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What is slow to read and seldom changes, read while the processes still run. In the freeze it is
 * believed where a cheap look shows the same as before, and read again where not: a mapping's flags
 * are believed while no line of maps has changed.
 */
final class EarlyLook {
  /** A process before the freeze: its mappings with their flags, and a syscall instruction. */
  private record Layout(Map<MemoryMapping, Set<String>> flags, OptionalLong gadget) {
    Optional<AddressRange> vdso() {
      return EarlyLook.vdso(flags.keySet());
    }
  }

  private final Map<Pid, Layout> layouts = new HashMap<>();
  private final Map<Tid, Tid> podTids = new HashMap<>();

  private EarlyLook() {}

  static EarlyLook at(List<Pid> running) {
    EarlyLook look = new EarlyLook();
    for (Pid pid : running) {
      try {
        look.see(pid);
      } catch (LinuxException | ProcFormatException e) {
        // It ended or may not be looked at; the freeze says so where it matters.
      }
    }
    return look;
  }

  private void see(Pid pid) {
    ProcTask process = ProcFs.host().process(pid);
    if (process.status().processIds().size() > 1) {
      for (Tid tid : process.threads()) {
        podTids.put(tid, innermost(process, tid));
      }
    }
    Map<MemoryMapping, Set<String>> flags = new HashMap<>();
    for (SmapsEntry entry : process.smaps()) {
      flags.put(entry.mapping(), entry.flags());
    }
    layouts.put(pid, new Layout(flags, findGadget(pid, List.copyOf(flags.keySet()))));
  }

  private static OptionalLong findGadget(Pid pid, List<MemoryMapping> mappings) {
    return mappings.stream().anyMatch(MemoryMapping::isVdso)
        ? OptionalLong.of(Freezer.gadget(pid, mappings))
        : OptionalLong.empty();
  }

  private static Tid innermost(ProcTask process, Tid tid) {
    return new Tid(process.thread(tid).status().processIds().getLast());
  }

  /** Where the kernel's own code is in a process. */
  Optional<AddressRange> vdso(Pid pid) {
    Layout layout = layouts.get(pid);
    return layout == null ? vdso(ProcFs.host().process(pid).maps()) : layout.vdso();
  }

  private static Optional<AddressRange> vdso(Collection<MemoryMapping> mappings) {
    return mappings.stream().filter(MemoryMapping::isVdso).map(MemoryMapping::range).findFirst();
  }

  /** A thread's number in its innermost PID namespace. */
  Tid podTid(Pid pid, Tid tid) {
    Tid known = podTids.get(tid);
    return known == null ? innermost(ProcFs.host().process(pid), tid) : known;
  }

  /** The flags of all mappings by their start. */
  Map<Long, Set<String>> flags(Pid pid, List<MemoryMapping> now) {
    Map<Long, Set<String>> flags = new HashMap<>();
    Layout layout = layouts.get(pid);
    if (layout != null && now.stream().allMatch(layout.flags()::containsKey)) {
      for (MemoryMapping mapping : now) {
        flags.put(mapping.range().start(), layout.flags().getOrDefault(mapping, Set.of()));
      }
      return flags;
    }
    for (SmapsEntry entry : ProcFs.host().process(pid).smaps()) {
      flags.put(entry.mapping().range().start(), entry.flags());
    }
    return flags;
  }

  /** A syscall instruction in the kernel's code, where that is still at its place. */
  OptionalLong gadget(Pid pid, List<MemoryMapping> now) {
    Layout layout = layouts.get(pid);
    return layout != null
            && now.stream().filter(MemoryMapping::isVdso).anyMatch(layout.flags()::containsKey)
        ? layout.gadget()
        : OptionalLong.empty();
  }
}

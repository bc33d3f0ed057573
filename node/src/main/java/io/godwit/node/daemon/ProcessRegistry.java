package io.godwit.node.daemon;

import io.godwit.core.GodwitException;
import io.godwit.node.NodeError;
import io.godwit.node.journal.DurableFiles;
import io.godwit.node.journal.RecordFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** The processes that are here or were started here, on disk. */
final class ProcessRegistry {
  /** Ended processes whose exit is still told; the oldest are forgotten first. */
  private static final int ENDED_KEPT = 1000;

  private final Path directory;
  private final Map<String, ProcessEntry> entries = new TreeMap<>();
  private final Map<String, CompletableFuture<Integer>> ends = new ConcurrentHashMap<>();

  /** Names of entries that the disk is behind of. */
  private final Set<String> unwritten = new HashSet<>();

  ProcessRegistry(Path directory) {
    this.directory = directory;
    for (Path file : RecordFile.list(directory)) {
      ProcessEntry entry = ProcessEntry.read(file);
      entries.put(entry.name(), entry);
      if (entry.waitStatus() != null) {
        end(entry.name()).complete(entry.waitStatus());
      }
    }
  }

  /** Takes a new entry; a name that lives is refused, one that has ended is replaced. */
  synchronized void add(ProcessEntry entry) {
    ProcessEntry old = entries.get(entry.name());
    if (old != null && old.waitStatus() == null) {
      throw new GodwitException(
          NodeError.POD_NAME_TAKEN,
          "starting '" + entry.name() + "'",
          "a process of that name is on node " + old.node(),
          "choose another --name");
    }
    replace(entry);
  }

  /** Takes an entry in the place of whatever there was of that name. */
  synchronized void replace(ProcessEntry entry) {
    entry.write(directory);
    unwritten.remove(entry.name());
    entries.put(entry.name(), entry);
    ends.put(entry.name(), new CompletableFuture<>());
    forgetOldest();
  }

  private void forgetOldest() {
    List<ProcessEntry> ended =
        new ArrayList<>(entries.values().stream().filter(e -> e.waitStatus() != null).toList());
    ended.sort(java.util.Comparator.comparingLong(ProcessEntry::startedMillis));
    for (int i = 0; i < ended.size() - ENDED_KEPT; i++) {
      remove(ended.get(i).name());
    }
  }

  /** Changes an entry if it is there. */
  synchronized Optional<ProcessEntry> change(String name, UnaryOperator<ProcessEntry> how) {
    ProcessEntry old = entries.get(name);
    if (old == null) {
      return Optional.empty();
    }
    ProcessEntry changed = how.apply(old);
    if (!changed.equals(old) || unwritten.contains(name)) {
      changed.write(directory);
      unwritten.remove(name);
      entries.put(name, changed);
    }
    return Optional.of(changed);
  }

  /** Changes an entry if it is there, on the disk only with the next {@link #change} of it. */
  synchronized void changeUnwritten(String name, UnaryOperator<ProcessEntry> how) {
    if (entries.computeIfPresent(name, (same, old) -> how.apply(old)) != null) {
      unwritten.add(name);
    }
  }

  synchronized void remove(String name) {
    if (entries.remove(name) != null) {
      unwritten.remove(name);
      ends.remove(name);
      try {
        DurableFiles.remove(directory.resolve(name + RecordFile.SUFFIX));
      } catch (IOException stays) {
        throw new GodwitException(
            NodeError.STATE_DIRECTORY,
            "forgetting '" + name + "'",
            String.valueOf(stays.getMessage()),
            "check the state directory",
            stays);
      }
    }
  }

  synchronized Optional<ProcessEntry> find(String name) {
    return Optional.ofNullable(entries.get(name));
  }

  synchronized List<ProcessEntry> all() {
    return List.copyOf(entries.values());
  }

  /** Completed with the wait status when the process has ended, wherever. */
  CompletableFuture<Integer> end(String name) {
    return ends.computeIfAbsent(name, n -> new CompletableFuture<>());
  }
}

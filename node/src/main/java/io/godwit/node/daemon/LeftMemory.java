package io.godwit.node.daemon;

import io.godwit.core.NodeId;
import io.godwit.core.Pid;
import io.godwit.engine.FrozenPod;
import io.godwit.engine.pages.FrozenOrigin;
import io.godwit.engine.pages.PageOrigin;
import io.godwit.image.LiveProcess;
import io.godwit.image.ObjectId;
import io.godwit.linux.LinuxException;
import io.godwit.linux.proc.ProcFs;
import io.godwit.node.journal.RecordFile;
import io.godwit.node.migration.ProcessMover;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which frozen processes of a pod have the pages that others still need, remembered beyond the
 * death of the daemon that froze them: {@code left.record} in the pod's directory. The record ends
 * with the machine, as the processes do.
 */
record LeftMemory(Path directory) {
  private static final String FILE = "left.record";
  private static final String KIND = "left";
  private static final String SPACE = "space.";

  /**
   * What it says.
   *
   * @param bandwidth bytes per second that they may take of the network; 0 is no limit
   * @param spaces the processes, by address space of the image
   */
  record Note(ProcessMover.Way way, long bandwidth, Map<ObjectId, Pid> spaces) {
    PageOrigin serve(PageOrigin.Answers answers) {
      return FrozenOrigin.of(spaces, answers);
    }
  }

  private Path file() {
    return directory.resolve(FILE);
  }

  /** The processes of a frozen pod. */
  static Map<ObjectId, Pid> spaces(FrozenPod frozen) {
    Map<ObjectId, Pid> spaces = new HashMap<>();
    for (LiveProcess process : frozen.image().live()) {
      spaces.put(
          process.memory().id(), frozen.tree().process(process.pid()).orElseThrow().hostPid());
    }
    return spaces;
  }

  /** Remembers it. */
  void write(Note memory) {
    TreeMap<String, String> values = new TreeMap<>();
    values.put("taker", memory.way().node().name());
    values.put("migration", memory.way().migration());
    values.put("encrypted", Boolean.toString(memory.way().encrypted()));
    values.put("bandwidth", Long.toString(memory.bandwidth()));
    memory
        .spaces()
        .forEach((space, pid) -> values.put(SPACE + space.number(), pid + " " + start(pid)));
    new RecordFile(KIND, values).note(file());
  }

  private static long start(Pid pid) {
    return ProcFs.host().process(pid).stat().startTime();
  }

  /** Reads it; empty when there is none, or its processes are gone. */
  Optional<Note> read() {
    if (!Files.exists(file())) {
      return Optional.empty();
    }
    RecordFile record = RecordFile.read(file(), KIND);
    Map<ObjectId, Pid> spaces = new HashMap<>();
    for (Map.Entry<String, String> each : record.values().entrySet()) {
      if (each.getKey().startsWith(SPACE)) {
        String[] words = each.getValue().split(" ", 2);
        Pid pid = new Pid(Integer.parseInt(words[0]));
        try {
          if (start(pid) != Long.parseLong(words[1])) {
            return Optional.empty();
          }
        } catch (LinuxException gone) {
          return Optional.empty();
        }
        spaces.put(new ObjectId(Integer.parseInt(each.getKey().substring(SPACE.length()))), pid);
      }
    }
    return Optional.of(
        new Note(
            new ProcessMover.Way(
                new NodeId(record.require("taker")),
                record.require("migration"),
                Boolean.parseBoolean(record.require("encrypted"))),
            Long.parseLong(record.require("bandwidth")),
            spaces));
  }

  /** Nothing is left for others. */
  void remove() {
    try {
      Files.deleteIfExists(file());
    } catch (IOException stays) {
      throw new UncheckedIOException(stays);
    }
  }
}

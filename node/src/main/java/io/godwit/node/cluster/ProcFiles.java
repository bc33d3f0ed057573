package io.godwit.node.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/** Figures out of /proc; proc(5). What has gone meanwhile reads as nothing. */
final class ProcFiles {
  // Fields of stat after the command's closing bracket, the first being the state, field 3.
  private static final int STATE = 0;
  private static final int UTIME = 11;
  private static final int STIME = 12;
  private static final int CUTIME = 13;
  private static final int CSTIME = 14;
  private static final long TICK_NANOS = 10_000_000;
  private static final long PAGE_BYTES = 4096;

  private final Path root;

  ProcFiles(Path root) {
    this.root = root;
  }

  String text(String file) {
    try {
      return Files.readString(root.resolve(file), StandardCharsets.ISO_8859_1);
    } catch (IOException | RuntimeException gone) {
      return "";
    }
  }

  /** Nanoseconds that a task has run and waited for a processor, or null where it has gone. */
  long[] runAndWait(String task) {
    String[] fields = text(task + "/schedstat").strip().split(" ");
    if (fields.length < 2) {
      return new long[0];
    }
    return new long[] {number(fields[0]), number(fields[1])};
  }

  /** Whether a task runs or waits for a processor or a disk, as the load average counts it. */
  boolean runnable(String task) {
    String[] fields = stat(task);
    return fields.length > STATE && (fields[STATE].equals("R") || fields[STATE].equals("D"));
  }

  /** Processor time of a process with its threads and the children that it has waited for. */
  long cpuNanos(int pid) {
    String[] fields = stat(Integer.toString(pid));
    if (fields.length <= CSTIME) {
      return 0;
    }
    return (number(fields[UTIME])
            + number(fields[STIME])
            + number(fields[CUTIME])
            + number(fields[CSTIME]))
        * TICK_NANOS;
  }

  /** Resident memory of a process that no file backs. */
  long anonymousBytes(int pid) {
    String[] fields = text(pid + "/statm").strip().split(" ");
    return fields.length < 3 ? 0 : Math.max(0, number(fields[1]) - number(fields[2])) * PAGE_BYTES;
  }

  private String[] stat(String task) {
    String stat = text(task + "/stat");
    int end = stat.lastIndexOf(')');
    return end < 0 || end + 2 > stat.length() ? new String[0] : stat.substring(end + 2).split(" ");
  }

  /** The value of a line "key: value kB" or "key value"; 0 where there is none. */
  static long value(String text, String key) {
    for (String line : text.split("\n")) {
      if (line.startsWith(key)) {
        String rest = line.substring(key.length()).replaceAll("[^0-9 ]", " ").strip();
        return rest.isEmpty() ? 0 : number(rest.split(" +")[0]);
      }
    }
    return 0;
  }

  /** Calls for each directory below one whose name is a number, at most so many. */
  void numbered(String directory, int most, IntConsumer each) {
    String[] names = root.resolve(directory).toFile().list();
    int taken = 0;
    for (String name : names == null ? new String[0] : names) {
      if (!name.isEmpty() && Character.isDigit(name.charAt(0)) && taken++ < most) {
        each.accept((int) number(name));
      }
    }
  }

  /** The numbered directories below one. */
  List<Integer> numbered(String directory, int most) {
    List<Integer> found = new ArrayList<>();
    numbered(directory, most, found::add);
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

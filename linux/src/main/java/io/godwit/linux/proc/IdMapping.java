package io.godwit.linux.proc;

import java.util.List;

/** A line of /proc/PID/uid_map or gid_map: {@code count} ids, user_namespaces(7). Unsigned. */
public record IdMapping(long inside, long outside, long count) {
  public static List<IdMapping> parse(String text) {
    return Lines.map(
        "uid_map", text, 0, line -> new IdMapping(line.decimal(), line.decimal(), line.decimal()));
  }
}

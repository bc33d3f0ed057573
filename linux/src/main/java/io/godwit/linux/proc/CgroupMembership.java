package io.godwit.linux.proc;

import java.util.List;

/**
 * A line of /proc/PID/cgroup, cgroups(7).
 *
 * @param hierarchy 0 for version 2
 * @param controllers of a version 1 hierarchy, or "name=..."; empty for version 2
 * @param path relative to the hierarchy's mount, or to the reader's cgroup namespace
 */
public record CgroupMembership(int hierarchy, List<String> controllers, String path) {
  public CgroupMembership {
    controllers = List.copyOf(controllers);
  }

  public static List<CgroupMembership> parse(String text) {
    return Lines.map("cgroup", text, 0, CgroupMembership::parse);
  }

  private static CgroupMembership parse(Line line) {
    int hierarchy = line.decimalInt(line.until(':'));
    String controllers = line.until(':');
    return new CgroupMembership(
        hierarchy,
        controllers.isEmpty() ? List.of() : List.of(controllers.split(",", -1)),
        line.rest());
  }

  public boolean isVersion2() {
    return hierarchy == 0;
  }
}

package io.godwit.it.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What exists on this machine that a migration could leave behind.
 *
 * @param processes below the given daemons' nodes, and everything else: all of the machine
 * @param descriptors open in the daemons
 * @param mounts in the daemons' mount namespaces
 * @param namespaces of all kinds, of all processes
 * @param cgroups directories in the cgroup v2 tree
 * @param residentMebibytes of the largest daemon
 */
public record Inventory(
    int processes,
    int descriptors,
    int mounts,
    int namespaces,
    int cgroups,
    long residentMebibytes) {
  private static final List<String> KINDS =
      List.of("cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts");

  /** Counts now. */
  public static Inventory take(List<Integer> daemons) {
    int processes = 0;
    Set<String> namespaces = new HashSet<>();
    try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
      for (Path entry : entries.toList()) {
        if (!entry.getFileName().toString().chars().allMatch(Character::isDigit)) {
          continue;
        }
        processes++;
        for (String kind : KINDS) {
          link(entry.resolve("ns").resolve(kind), namespaces);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    int descriptors = 0;
    int mounts = 0;
    long resident = 0;
    for (int daemon : daemons) {
      Path proc = Path.of("/proc/" + daemon);
      descriptors += count(proc.resolve("fd"));
      mounts += lines(proc.resolve("mountinfo")).size();
      resident = Math.max(resident, resident(proc));
    }
    return new Inventory(
        processes, descriptors, mounts, namespaces.size(), countCgroups(), resident >> 10);
  }

  private static void link(Path link, Set<String> into) {
    try {
      into.add(Files.readSymbolicLink(link).toString());
    } catch (IOException ended) {
      // The process is gone, and so are its links.
    }
  }

  private static int count(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return (int) entries.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long resident(Path proc) {
    return lines(proc.resolve("status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElse(0);
  }

  private static int countCgroups() {
    Path root =
        lines(Path.of("/proc/mounts")).stream()
            .map(line -> line.split(" "))
            .filter(words -> words[2].equals("cgroup2"))
            .map(words -> Path.of(words[1]))
            .findFirst()
            .orElseThrow();
    try (Stream<Path> all = Files.walk(root)) {
      return (int) all.filter(Files::isDirectory).count();
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof NoSuchFileException) {
        return countCgroups(); // one was removed under the walk
      }
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

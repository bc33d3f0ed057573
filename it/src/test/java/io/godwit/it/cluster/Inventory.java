package io.godwit.it.cluster;

import io.godwit.app.testbed.TestNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What exists on some nodes that a migration could leave behind. What others do on this machine
 * does not count: a process belongs to a node by its cgroup, which it keeps until it is reaped.
 *
 * @param processes of the nodes, zombies too
 * @param threads of the daemons
 * @param descriptors open in the daemons
 * @param mounts in all mount namespaces of the nodes' processes together
 * @param namespaces of all kinds, of the nodes' processes and held open by the daemons
 * @param cgroups directories below the nodes'
 * @param files in the daemons' state directories
 * @param residentMebibytes of the daemons together
 */
public record Inventory(
    int processes,
    int threads,
    int descriptors,
    int mounts,
    int namespaces,
    int cgroups,
    int files,
    long residentMebibytes) {
  private static final List<String> KINDS =
      List.of("cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts");

  /** Counts now. */
  public static Inventory take(List<TestNode> nodes) {
    int processes = 0;
    Set<String> namespaces = new HashSet<>();
    Set<String> mountNamespaces = new HashSet<>();
    int mounts = 0;
    for (Path process : processes(nodes)) {
      processes++;
      for (String kind : KINDS) {
        String namespace = link(process.resolve("ns").resolve(kind));
        if (!namespace.isEmpty()) {
          namespaces.add(namespace);
        }
        if (kind.equals("mnt") && !namespace.isEmpty() && mountNamespaces.add(namespace)) {
          mounts += lines(process.resolve("mountinfo")).size();
        }
      }
    }
    int threads = 0;
    int descriptors = 0;
    int cgroups = 0;
    int files = 0;
    long resident = 0;
    for (TestNode node : nodes) {
      Path daemon = Path.of("/proc/" + Objects.requireNonNull(node.daemon()).number());
      threads += list(daemon.resolve("task")).size();
      for (Path descriptor : list(daemon.resolve("fd"))) {
        descriptors++;
        String target = link(descriptor);
        if (KINDS.stream().anyMatch(kind -> target.startsWith(kind + ":["))) {
          namespaces.add(target);
        }
      }
      resident += resident(daemon);
      cgroups += count(node.pod().cgroup().directory(), true);
      files += count(node.state(), false);
    }
    return new Inventory(
        processes, threads, descriptors, mounts, namespaces.size(), cgroups, files, resident >> 10);
  }

  private static List<Path> processes(List<TestNode> nodes) {
    List<String> cgroups =
        nodes.stream().map(n -> n.pod().cgroup().directory().getFileName().toString()).toList();
    return list(Path.of("/proc")).stream()
        .filter(p -> p.getFileName().toString().chars().allMatch(Character::isDigit))
        .filter(
            p ->
                lines(p.resolve("cgroup")).stream()
                    .filter(line -> line.startsWith("0::"))
                    .anyMatch(line -> cgroups.stream().anyMatch(c -> within(line, c))))
        .toList();
  }

  private static boolean within(String line, String cgroup) {
    return line.endsWith("/" + cgroup) || line.contains("/" + cgroup + "/");
  }

  private static String link(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException ended) {
      return ""; // the process is gone, and so are its links
    }
  }

  private static List<Path> list(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.toList();
    } catch (IOException | UncheckedIOException ended) {
      return List.of();
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException ended) {
      return List.of();
    }
  }

  private static long resident(Path proc) {
    return lines(proc.resolve("status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElse(0);
  }

  private static int count(Path root, boolean directories) {
    try (Stream<Path> all = Files.walk(root)) {
      return (int) all.filter(p -> Files.isDirectory(p) == directories).count();
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof NoSuchFileException) {
        return count(root, directories); // one was removed under the walk
      }
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

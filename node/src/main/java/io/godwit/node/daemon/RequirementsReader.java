package io.godwit.node.daemon;

import io.godwit.core.Pid;
import io.godwit.linux.LinuxException;
import io.godwit.linux.proc.MemoryMapping;
import io.godwit.linux.proc.ProcFs;
import io.godwit.node.peers.NodeFacts;
import io.godwit.wire.proto.FileRequirement;
import io.godwit.wire.proto.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** What processes need of a machine, seen from outside while they run. */
final class RequirementsReader {
  private final NodeFacts facts;

  RequirementsReader(NodeFacts facts) {
    this.facts = facts;
  }

  Requirements read(List<Pid> pids, ProcessEntry entry) {
    Map<String, String> files = new TreeMap<>();
    long memory = 0;
    for (Pid pid : pids) {
      try {
        memory += ProcessUsage.of(pid.number()).memoryBytes();
        for (MemoryMapping mapping : ProcFs.host().process(pid).maps()) {
          String path = mapping.path();
          if (path.startsWith("/") && !mapping.shared() && !path.endsWith(" (deleted)")) {
            files.putIfAbsent(path, mapping.executable() ? "library" : "mapped file");
          }
        }
        files.put(
            Files.readSymbolicLink(Path.of("/proc/" + pid + "/exe")).toString(), "executable");
      } catch (LinuxException | IOException ended) {
        // It ended between the list and the look; the freeze sees who is left.
      }
    }
    Requirements.Builder needs =
        Requirements.newBuilder()
            .setArchitecture(facts.architecture())
            .addAllCpuFeatures(facts.cpuFeatures())
            .addAllKernelFeatures(facts.kernelFeatures())
            .setMemoryBytes(memory)
            .setUid(entry.uid())
            .setUser(entry.user());
    files.forEach((path, role) -> add(needs, path, role));
    return needs.build();
  }

  private static void add(Requirements.Builder needs, String path, String role) {
    try {
      BasicFileAttributes found = Files.readAttributes(Path.of(path), BasicFileAttributes.class);
      needs.addFiles(
          FileRequirement.newBuilder()
              .setPath(path)
              .setRole(role)
              .setSize(found.size())
              .setMtimeNanos(found.lastModifiedTime().to(TimeUnit.NANOSECONDS))
              .setDirectory(found.isDirectory())
              .setContentMatters(found.isRegularFile()));
    } catch (IOException notAFile) {
      // A name that leads nowhere on the source cannot be asked for at the destination.
      return;
    }
  }
}

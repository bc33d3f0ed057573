package io.godwit.app;

import io.godwit.core.Pid;
import io.godwit.engine.kind.ExternalDescriptor;
import io.godwit.linux.Fd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Standard input, output and error of a process where they are pipes, sockets or terminals that
 * lead out of its tree: an image names them by role, and a restart connects those of its own.
 */
final class StandardStreams {
  private static final List<String> ROLES = List.of("stdin", "stdout", "stderr");
  private static final int TYPE_MASK = 0xf000;
  private static final Set<Integer> FIFO_AND_SOCKET = Set.of(0x1000, 0xc000);

  private StandardStreams() {}

  static Set<ExternalDescriptor> external(Pid pid) {
    Set<ExternalDescriptor> found = new LinkedHashSet<>();
    for (int number = 0; number < ROLES.size(); number++) {
      Path link = Path.of("/proc", pid.toString(), "fd", Integer.toString(number));
      try {
        Map<String, Object> attributes = Files.readAttributes(link, "unix:mode,dev,ino");
        int type = (int) Objects.requireNonNull(attributes.get("mode")) & TYPE_MASK;
        if (FIFO_AND_SOCKET.contains(type) || isTerminal(link)) {
          found.add(
              new ExternalDescriptor(
                  ROLES.get(number),
                  (long) Objects.requireNonNull(attributes.get("dev")),
                  (long) Objects.requireNonNull(attributes.get("ino"))));
        }
      } catch (IOException e) {
        // It is closed, or the process is not ours to look at: the freeze will say so.
      }
    }
    return found;
  }

  private static boolean isTerminal(Path link) throws IOException {
    String target = Files.readSymbolicLink(link).toString();
    return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
  }

  /** This process's own streams for the roles. */
  static Map<String, Fd> own() {
    Map<String, Fd> streams = new LinkedHashMap<>();
    for (int number = 0; number < ROLES.size(); number++) {
      streams.put(ROLES.get(number), new Fd(number));
    }
    return streams;
  }
}

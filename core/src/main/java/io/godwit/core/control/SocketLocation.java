package io.godwit.core.control;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where the daemon of this machine listens. */
public final class SocketLocation {
  /** Names another socket than the usual one. */
  public static final String VARIABLE = "GODWIT_SOCKET";

  /** The file name of the socket in the daemon's run directory. */
  public static final String FILE_NAME = "control.sock";

  /** The run directory of a daemon of root. */
  public static final Path SYSTEM_RUN_DIRECTORY = Path.of("/run/godwit");

  private SocketLocation() {}

  /**
   * The socket a command talks to: the one it was told, else {@value #VARIABLE}, else that of the
   * system's daemon, else that of the user's own where only that exists.
   */
  public static Path find(@Nullable Path told, Map<String, String> environment) {
    if (told != null) {
      return told;
    }
    String variable = environment.get(VARIABLE);
    if (variable != null && !variable.isEmpty()) {
      return Path.of(variable);
    }
    Path system = SYSTEM_RUN_DIRECTORY.resolve(FILE_NAME);
    String runtime = environment.get("XDG_RUNTIME_DIR");
    if (runtime != null && !runtime.isEmpty() && !Files.exists(system)) {
      Path own = Path.of(runtime, "godwit", FILE_NAME);
      if (Files.exists(own)) {
        return own;
      }
    }
    return system;
  }
}

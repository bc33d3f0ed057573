package io.godwit.app;

import io.godwit.cli.CommandBody;
import io.godwit.cli.CommandIo;
import io.godwit.cli.NodesCommand;
import io.godwit.cli.PsCommand;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Every subcommand by name. Only the class of the one that is asked for is loaded. */
final class Commands {
  /**
   * What the overview says of a command.
   *
   * @param group the heading it stands under
   */
  record Entry(String name, String group, String summary) {}

  private Commands() {}

  /** A new command, or null where the name is none. */
  static @Nullable CommandBody create(String name, CommandIo io) {
    return switch (name) {
      case "ps" -> new PsCommand(io);
      case "nodes" -> new NodesCommand(io);
      default -> null;
    };
  }

  /** All commands in the order of the overview. */
  static List<Entry> entries() {
    return List.of(
        new Entry("ps", "Processes", "list processes and where they are"),
        new Entry("nodes", "Cluster", "list the nodes"));
  }
}

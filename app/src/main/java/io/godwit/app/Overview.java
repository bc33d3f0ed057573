package io.godwit.app;

import io.godwit.cli.CliError;
import io.godwit.cli.CommandIo;
import io.godwit.cli.CommandRunner;
import io.godwit.core.GodwitException;
import io.godwit.core.Release;
import io.godwit.core.Spelling;
import java.util.ArrayList;
import java.util.List;

/** What {@code godwit} says when it is asked for no command, or for one that does not exist. */
final class Overview {
  private static final int MAX_DISTANCE = 2;

  private Overview() {}

  static int run(String name, List<String> arguments, CommandIo io) {
    return switch (name) {
      case "help", "-h", "--help" -> {
        print(io);
        io.out().flush();
        yield 0;
      }
      case "-V", "--version" -> {
        io.out().println("godwit " + Release.VERSION);
        io.out().flush();
        yield 0;
      }
      default -> CommandRunner.print(io, unknown(name), arguments.contains("--json"));
    };
  }

  private static void print(CommandIo io) {
    io.out().println("Usage: godwit COMMAND [OPTIONS] [ARGUMENTS]");
    io.out().println();
    io.out().println("Moves running, unmodified Linux programs from one machine to another.");
    String group = "";
    for (Commands.Entry entry : Commands.entries()) {
      if (!entry.group().equals(group)) {
        group = entry.group();
        io.out().println();
        io.out().println(group + ":");
      }
      io.out().println("  " + pad(entry.name()) + entry.summary());
    }
    io.out().println();
    io.out().println("godwit COMMAND --help tells each one's options and examples.");
  }

  private static String pad(String name) {
    return name + " ".repeat(Math.max(1, 13 - name.length()));
  }

  private static GodwitException unknown(String name) {
    List<String> near = new ArrayList<>();
    for (Commands.Entry entry : Commands.entries()) {
      if (Spelling.distance(name, entry.name()) <= MAX_DISTANCE
          || (name.length() > 2 && entry.name().startsWith(name))) {
        near.add(entry.name());
      }
    }
    String advice =
        near.isEmpty()
            ? "see: godwit --help"
            : "did you mean " + String.join(" or ", near) + "? see: godwit --help";
    return new GodwitException(
        CliError.UNKNOWN_COMMAND, "nothing was done", "there is no command '" + name + "'", advice);
  }
}

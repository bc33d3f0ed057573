package io.godwit.app;

import io.godwit.cli.CliError;
import io.godwit.cli.CommandIo;
import io.godwit.cli.CommandRunner;
import io.godwit.core.GodwitException;
import io.godwit.core.Release;
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
      if (distance(name, entry.name()) <= MAX_DISTANCE
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

  /** The number of single-letter changes between two words (Levenshtein). */
  static int distance(String a, String b) {
    if (Math.abs(a.length() - b.length()) > MAX_DISTANCE) {
      return MAX_DISTANCE + 1;
    }
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}

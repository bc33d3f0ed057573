package io.godwit.app;

import io.godwit.cli.CommandBody;
import io.godwit.cli.CommandIo;
import io.godwit.node.migration.TransferStrategy;
import io.godwit.simulator.Profiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** What can be typed where, from the commands' own declarations. */
final class Completions {
  /** What a value may be; a script knows how to find the words of each. */
  enum Kind {
    NOTHING,
    FILES,
    /** The rest of the line is another program's. */
    PROGRAM,
    PROCESSES,
    JOBS,
    ENDED_JOBS,
    NODES,
    QUEUES,
    SIGNALS,
    STRATEGIES,
    PROFILES,
    SHELLS,
    IMAGE_ACTIONS,
    PROFILE_ACTIONS,
    OWNER_ACTIONS,
    BENCHES;

    /** Its name in a script. */
    String word() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }

  /** An option that takes a value. */
  record Valued(List<String> names, Kind kind) {}

  /** One command. */
  record Entry(
      String name,
      String summary,
      List<String> options,
      List<Valued> valued,
      List<Kind> arguments) {}

  private Completions() {}

  static List<Entry> entries(CommandIo io) {
    List<Entry> entries = new ArrayList<>();
    for (Commands.Entry each : Commands.entries()) {
      CommandBody command = Commands.create(each.name(), io);
      if (command == null) {
        throw new IllegalStateException("no command " + each.name());
      }
      List<Valued> valued = new ArrayList<>();
      List<Kind> arguments = new ArrayList<>();
      for (CommandBody.Value value : command.values()) {
        Kind kind = kind(each.name(), value);
        if (value.names().isEmpty()) {
          arguments.add(kind);
        } else {
          valued.add(new Valued(value.names(), kind));
        }
      }
      entries.add(new Entry(each.name(), each.summary(), command.optionNames(), valued, arguments));
    }
    return entries;
  }

  private static Kind kind(String command, CommandBody.Value value) {
    if (value.names().contains("--strategy")) {
      return Kind.STRATEGIES;
    }
    return switch (value.label()) {
      case "WHAT" -> command.equals("bench") ? Kind.BENCHES : Kind.PROCESSES;
      case "PID|NAME" -> Kind.PROCESSES;
      case "JOB" -> command.equals("history") ? Kind.ENDED_JOBS : Kind.JOBS;
      case "NODE" -> Kind.NODES;
      case "QUEUE" -> Kind.QUEUES;
      case "FILE", "DIR", "OTHER" -> Kind.FILES;
      case "SIGNAL" -> Kind.SIGNALS;
      case "SHELL" -> Kind.SHELLS;
      case "PROGRAM" -> Kind.PROGRAM;
      case "ACTION" ->
          switch (command) {
            case "image" -> Kind.IMAGE_ACTIONS;
            case "profile" -> Kind.PROFILE_ACTIONS;
            default -> Kind.OWNER_ACTIONS;
          };
      case "NAME" ->
          !value.names().isEmpty()
              ? Kind.NOTHING
              : command.equals("profile") ? Kind.PROFILES : Kind.PROCESSES;
      default -> Kind.NOTHING;
    };
  }

  /**
   * A shell command that prints the words of a kind, one a line. It uses the array {@code at}, the
   * option that names the socket, where one was typed.
   *
   * @param program in the words of the shell, what was typed in the place of godwit
   */
  static String source(Kind kind, String program) {
    return switch (kind) {
      case NOTHING, FILES, PROGRAM -> ":";
      case PROCESSES -> program + " ps \"${at[@]}\" 2>/dev/null | awk 'NR>1{print $1}'";
      case JOBS -> program + " jobs \"${at[@]}\" 2>/dev/null | awk 'NR>1{print $1; print $2}'";
      case ENDED_JOBS ->
          program + " history \"${at[@]}\" 2>/dev/null | awk 'NR>1{print $1; print $2}'";
      case NODES ->
          program + " nodes \"${at[@]}\" 2>/dev/null | awk 'NR>1{sub(/^\\*/,\"\",$1); print $1}'";
      case QUEUES -> program + " queues \"${at[@]}\" 2>/dev/null | awk 'NR>1{print $1}'";
      case SIGNALS -> words("TERM", "KILL", "INT", "HUP", "USR1", "USR2", "STOP", "CONT", "QUIT");
      case STRATEGIES ->
          words(
              Arrays.stream(TransferStrategy.values())
                  .map(TransferStrategy::title)
                  .toArray(String[]::new));
      case PROFILES -> words(Profiles.BUNDLED.toArray(new String[0]));
      case SHELLS -> words("bash", "zsh");
      case IMAGE_ACTIONS -> words("show", "verify", "diff");
      case PROFILE_ACTIONS -> words("list", "show", "current", "use");
      case OWNER_ACTIONS -> words("returned", "left");
      case BENCHES -> words("migration", "syscalls");
    };
  }

  private static String words(String... words) {
    return Arrays.stream(words).collect(Collectors.joining(" ", "printf '%s\\n' ", ""));
  }
}

package io.godwit.cli;

import com.google.gson.JsonObject;
import io.godwit.core.GodwitException;
import io.godwit.core.control.JsonText;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Runs one subcommand: parses its arguments, calls it, and makes every failure presentable. */
public final class CommandRunner {
  private CommandRunner() {}

  /**
   * @param arguments what was typed after the command's name
   * @return the exit status
   */
  public static int run(CommandBody command, List<String> arguments) {
    CommandIo io = command.surroundings();
    boolean asJson = wantsJson(arguments);
    try {
      return parseAndCall(command, arguments);
    } catch (GodwitException e) {
      return print(io, e, asJson);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return print(
          io,
          new GodwitException(
              CliError.INTERRUPTED,
              "the command was interrupted",
              "it was told to stop while it waited",
              "run it again"),
          asJson);
    } catch (Exception e) {
      return print(io, defect(e), asJson);
    } finally {
      io.out().flush();
      io.err().flush();
    }
  }

  /** Whether errors shall be JSON; asked before, and even if, the arguments make no sense. */
  private static boolean wantsJson(List<String> arguments) {
    int end = arguments.indexOf("--");
    return (end < 0 ? arguments : arguments.subList(0, end)).contains("--json");
  }

  private static int parseAndCall(CommandBody command, List<String> arguments) throws Exception {
    CommandLine line = new CommandLine(command.spec);
    try {
      line.parseArgs(arguments.toArray(new String[0]));
    } catch (ParameterException e) {
      throw usage(line, e);
    }
    if (line.isUsageHelpRequested()) {
      printHelp(line, command.surroundings());
      return 0;
    }
    return command.call();
  }

  private static void printHelp(CommandLine line, CommandIo io) {
    boolean colours = io.outTerminal() && !io.environment().containsKey("NO_COLOR");
    try (PrintWriter out = new PrintWriter(io.out(), false, io.out().charset())) {
      line.usage(out, CommandLine.Help.defaultColorScheme(colours ? Ansi.ON : Ansi.OFF));
      out.flush();
    }
  }

  private static GodwitException usage(CommandLine line, ParameterException e) {
    String name = line.getCommandName();
    String advice = "see: " + name + " --help";
    if (e instanceof UnmatchedArgumentException unmatched) {
      List<String> suggestions = unmatched.getSuggestions();
      if (!suggestions.isEmpty()) {
        advice = "did you mean " + String.join(" or ", suggestions) + "? " + advice;
      }
    }
    return new GodwitException(
        CliError.USAGE,
        "'" + name + "' was not run",
        firstLine(String.valueOf(e.getMessage())),
        advice,
        e);
  }

  private static String firstLine(String text) {
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end).strip();
  }

  private static GodwitException defect(Exception e) {
    StackTraceElement[] trace = e.getStackTrace();
    return new GodwitException(
        CliError.DEFECT,
        "the command failed",
        e + (trace.length == 0 ? "" : " at " + trace[0]),
        "this is a defect of Godwit: report it with this text",
        e);
  }

  /** Prints a failure on standard error, as text or JSON, and gives its exit status. */
  public static int print(CommandIo io, GodwitException e, boolean asJson) {
    io.out().flush();
    if (asJson) {
      JsonObject error = new JsonObject();
      error.addProperty("code", e.code().code());
      error.addProperty("what", e.what());
      error.addProperty("why", e.why());
      error.addProperty("advice", e.advice());
      error.addProperty("exit", e.code().exitStatus().number());
      JsonObject document = new JsonObject();
      document.add("error", error);
      io.err().println(JsonText.write(document));
    } else {
      io.err().println(e.code().code() + ": " + e.what() + ": " + e.why());
      io.err().println("  " + e.advice());
    }
    io.err().flush();
    return e.code().exitStatus().number();
  }
}

package io.godwit.app;

import io.godwit.cli.CommandBody;
import io.godwit.cli.CommandIo;
import io.godwit.cli.CommandRunner;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The program {@code godwit}. The first argument decides which command's class is loaded. */
public final class Main {
  private static final int OUTPUT_BUFFER = 8192;

  private Main() {}

  public static void main(String[] arguments) {
    CommandIo io = standardIo();
    int status = run(arguments, io);
    if (arguments.length > 0 && arguments[0].equals("node")) {
      System.exit(status); // waits for the hook that closes the daemon
    }
    // Not exit: it looks for a logger first, which takes as long as the rest of a cold command.
    Runtime.getRuntime().halt(status);
  }

  /** Runs a command line as the JVM was given it. */
  public static int run(String[] arguments, CommandIo io) {
    return run(RawArguments.repaired(arguments), io);
  }

  /** Runs a command line and gives its exit status. */
  public static int run(List<String> arguments, CommandIo io) {
    String name = arguments.isEmpty() ? "help" : arguments.getFirst();
    CommandBody command = Commands.create(name, io);
    if (command == null) {
      return Overview.run(name, arguments, io);
    }
    return CommandRunner.run(command, arguments.subList(1, arguments.size()));
  }

  /** The streams and variables of this JVM. */
  public static CommandIo standardIo() {
    return new CommandIo(
        new FileInputStream(FileDescriptor.in),
        stream(FileDescriptor.out),
        stream(FileDescriptor.err),
        System.getenv(),
        isTerminal(0),
        isTerminal(1),
        isTerminal(2));
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(
        new BufferedOutputStream(new FileOutputStream(descriptor), OUTPUT_BUFFER),
        false,
        StandardCharsets.UTF_8);
  }

  /** Tells a terminal by what the descriptor is linked to: no native call in a cold start. */
  private static boolean isTerminal(int descriptor) {
    try {
      String target =
          Files.readSymbolicLink(Path.of("/proc/self/fd", Integer.toString(descriptor))).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.startsWith("/dev/console");
    } catch (IOException e) {
      return false;
    }
  }
}

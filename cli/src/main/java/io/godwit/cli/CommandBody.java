package io.godwit.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What every subcommand has: its surroundings, {@code --help} and {@code --json}. */
@Command(
    synopsisHeading = "Usage: ",
    descriptionHeading = "%n",
    parameterListHeading = "%nArguments:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    sortOptions = false,
    usageHelpAutoWidth = false,
    usageHelpWidth = 100)
public abstract class CommandBody implements Callable<Integer> {
  protected final CommandIo io;

  @Option(
      names = "--json",
      description = "Print one JSON document instead of text; errors as JSON on standard error.")
  protected boolean json;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  protected boolean help;

  protected CommandBody(CommandIo io) {
    this.io = io;
  }
}

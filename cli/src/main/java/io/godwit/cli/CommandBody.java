package io.godwit.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * What every subcommand has: its surroundings, {@code --help} and {@code --json}, and the means to
 * declare its own options and arguments in its constructor. Options are declared by calls and not
 * by annotations because reading annotations takes a cold JVM longer than all the rest of a
 * command.
 */
public abstract class CommandBody implements Callable<Integer> {
  private static final int HELP_WIDTH = 100;

  protected final CommandIo io;
  final CommandSpec spec;
  protected final Flag json;
  private int arguments;

  /**
   * @param name as it is typed after {@code godwit}
   * @param description one sentence or more
   */
  protected CommandBody(CommandIo io, String name, String... description) {
    this.io = io;
    spec = CommandSpec.create().name("godwit " + name);
    spec.usageMessage()
        .description(description)
        .synopsisHeading("Usage: ")
        .descriptionHeading("%n")
        .parameterListHeading("%nArguments:%n")
        .optionListHeading("%nOptions:%n")
        .footerHeading("%nExamples:%n")
        .sortOptions(false)
        .width(HELP_WIDTH);
    json = flag("Print JSON instead of text; errors as JSON on standard error.", "--json");
    spec.addOption(
        OptionSpec.builder("-h", "--help")
            .usageHelp(true)
            .description("Show this help and exit.")
            .build());
  }

  /** Sets the examples of the help text, one a line. */
  protected final void examples(String... lines) {
    String[] indented = new String[lines.length];
    for (int i = 0; i < lines.length; i++) {
      indented[i] = "  " + lines[i].replace("%", "%%");
    }
    spec.usageMessage().footer(indented);
  }

  /** Declares an option without a value. */
  protected final Flag flag(String description, String... names) {
    Flag flag = new Flag();
    spec.addOption(
        OptionSpec.builder(names)
            .type(boolean.class)
            .arity("0")
            .getter(flag)
            .setter(flag)
            .description(description)
            .build());
    return flag;
  }

  /** Declares an option with a value. */
  protected final Text option(String label, String description, String... names) {
    Text text = new Text(names[names.length - 1]);
    spec.addOption(
        OptionSpec.builder(names)
            .type(String.class)
            .paramLabel(label)
            .getter(text)
            .setter(text)
            .description(description)
            .build());
    return text;
  }

  /** Declares an option with a value that must be given. */
  protected final Text requiredOption(String label, String description, String... names) {
    Text text = new Text(names[names.length - 1]);
    spec.addOption(
        OptionSpec.builder(names)
            .type(String.class)
            .required(true)
            .paramLabel(label)
            .getter(text)
            .setter(text)
            .description(description)
            .build());
    return text;
  }

  /** Declares an option that may be given several times. */
  protected final Texts repeatedOption(String label, String description, String... names) {
    Texts texts = new Texts();
    spec.addOption(
        OptionSpec.builder(names)
            .type(List.class)
            .auxiliaryTypes(String.class)
            .arity("1")
            .paramLabel(label)
            .getter(texts)
            .setter(texts)
            .description(description)
            .build());
    return texts;
  }

  /** Declares the next argument. */
  protected final Text argument(String label, String description) {
    return argument(label, description, "1");
  }

  /** Declares the next argument, which may be left out. */
  protected final Text optionalArgument(String label, String description) {
    return argument(label, description, "0..1");
  }

  private Text argument(String label, String description, String arity) {
    Text text = new Text(label);
    spec.addPositional(
        PositionalParamSpec.builder()
            .index(Integer.toString(arguments++))
            .arity(arity)
            .type(String.class)
            .paramLabel(label)
            .getter(text)
            .setter(text)
            .description(description)
            .build());
    return text;
  }

  /** Declares that all that follows, options of another program included, is kept as it is. */
  protected final Texts rest(String label, String description) {
    Texts texts = new Texts();
    spec.addPositional(
        PositionalParamSpec.builder()
            .index(arguments + "..*")
            .arity("1..*")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .paramLabel(label)
            .getter(texts)
            .setter(texts)
            .description(description)
            .build());
    spec.parser().stopAtPositional(true);
    return texts;
  }

  /** Every name of every option, for completion. */
  public final List<String> optionNames() {
    List<String> names = new ArrayList<>();
    for (OptionSpec option : spec.options()) {
      names.addAll(List.of(option.names()));
    }
    return names;
  }

  /**
   * What is to be typed in one place, for completion.
   *
   * @param names of the option whose value it is; empty for an argument
   * @param label what stands for it in the help
   */
  public record Value(List<String> names, String label) {
    public Value {
      names = List.copyOf(names);
    }
  }

  /** Every value: those of options, and the arguments in their order. */
  public final List<Value> values() {
    List<Value> values = new ArrayList<>();
    for (OptionSpec option : spec.options()) {
      if (option.arity().max() > 0) {
        values.add(new Value(List.of(option.names()), option.paramLabel()));
      }
    }
    for (PositionalParamSpec argument : spec.positionalParameters()) {
      values.add(new Value(List.of(), argument.paramLabel()));
    }
    return values;
  }

  /** The streams and variables, for whoever runs the command. */
  final CommandIo surroundings() {
    return io;
  }
}

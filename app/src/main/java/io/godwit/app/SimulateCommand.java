package io.godwit.app;

import io.godwit.cli.CommandBody;
import io.godwit.cli.CommandIo;
import io.godwit.cli.Text;
import io.godwit.simulator.StudyCommand;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code godwit simulate}: the simulator's own options under the command's roof. */
final class SimulateCommand extends CommandBody {
  private final Map<String, Text> options = new LinkedHashMap<>();

  SimulateCommand(CommandIo io) {
    super(
        io,
        "simulate",
        "Run scheduling policies in virtual time, the very classes that the nodes run.");
    for (String line : StudyCommand.HELP.lines().toList()) {
      declare(line.strip());
    }
    examples(
        "godwit simulate --compare none,mosix,sprite --nodes 32 --load 0.7",
        "godwit simulate --profile age --loads 0.3,0.5,0.7,0.9 --chart slowdown.png");
  }

  /** A line is the option's name, the name of its value, two spaces or more, and its meaning. */
  private void declare(String line) {
    int gap = line.indexOf("  ");
    String[] head = (gap < 0 ? line : line.substring(0, gap)).split(" ", 2);
    if (head.length == 2 && gap > 0) {
      options.put(head[0], option(head[1], line.substring(gap).strip(), head[0]));
    }
  }

  @Override
  public Integer call() {
    List<String> arguments = new ArrayList<>();
    options.forEach(
        (name, value) -> {
          String given = value.value();
          if (given != null) {
            arguments.add(name);
            arguments.add(given);
          }
        });
    if (json.given()) {
      arguments.add("--json");
    }
    StudyCommand.run(arguments, io.out());
    return 0;
  }
}

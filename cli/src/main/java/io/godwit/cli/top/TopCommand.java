package io.godwit.cli.top;

import io.godwit.cli.CommandIo;
import io.godwit.cli.DaemonCommand;
import io.godwit.cli.Flag;
import io.godwit.cli.Text;
import io.godwit.core.control.JsonText;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;

/** {@code godwit top}. */
public final class TopCommand extends DaemonCommand {
  private static final double LEAST_SECONDS = 0.1;
  private static final double MOST_SECONDS = 3600;
  private static final double NANOS = 1e9;

  private final Flag once;
  private final Text interval;

  public TopCommand(CommandIo io) {
    super(
        io,
        "top",
        "Watch nodes, processes, and moves and decisions as they happen, on the whole screen.",
        "PSI C/M/I is the share of the last ten seconds in which something waited for processor,"
            + " memory or disk; AGE of a node tells how old that knowledge is. CPU counts one"
            + " processor as 100%%. Decisions about all processes are shown to root.",
        "Keys: q quits, p pauses, space asks now, tab chooses the pane that arrows, page keys, home"
            + " and end scroll; c t m n o v a order by CPU, time, memory, name, node, moves, age,"
            + " r the other way round.");
    once =
        flag(
            "Print one snapshot and end; so it is where input or output is no terminal.", "--once");
    interval = option("SECONDS", "Between two looks, from 0.1 to 3600 (default: 1).", "--interval");
    examples(
        "godwit top",
        "sudo godwit top --interval 0.5        with the decisions of all schedulers",
        "godwit top --once | head -20",
        "godwit top --json | jq -r '.moves[] | select(.outcome==\"under way\") | .process'");
  }

  @Override
  public Integer call() throws InterruptedException {
    Duration pause = pause();
    SnapshotSource source = new SnapshotSource(this::ask, InstantSource.system());
    if (json.given()) {
      io.out().println(JsonText.write(source.take().toJson()));
      return 0;
    }
    if (once.given() || !io.inTerminal() || !io.outTerminal()) {
      Page.whole(source.take(), ZoneId.systemDefault()).forEach(io.out()::println);
      return 0;
    }
    return new Session(io, source, pause).run();
  }

  private Duration pause() {
    String typed = interval.orElse("1");
    double seconds;
    try {
      seconds = Double.parseDouble(typed);
    } catch (NumberFormatException e) {
      throw interval.bad("'" + typed + "' is no number of seconds");
    }
    if (!(seconds >= LEAST_SECONDS && seconds <= MOST_SECONDS)) {
      throw interval.bad("'" + typed + "' is not between 0.1 and 3600");
    }
    return Duration.ofNanos((long) (seconds * NANOS));
  }
}

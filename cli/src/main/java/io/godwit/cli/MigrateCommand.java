package io.godwit.cli;

import com.google.gson.JsonObject;
import io.godwit.core.control.JsonText;
import io.godwit.core.control.Method;
import io.godwit.core.control.MigrateSpec;
import io.godwit.core.control.MigrationReport;
import io.godwit.core.control.MoveWishes;

/** {@code godwit migrate}. */
public final class MigrateCommand extends DaemonCommand {
  private final Text what;
  private final Text to;
  private final Text strategy;
  private final Text bandwidth;
  private final Text maxFreeze;
  private final Flag noResidual;

  public MigrateCommand(CommandIo io) {
    super(
        io,
        "migrate",
        "Move a running process, its children included, to another node.",
        "When it cannot be moved it goes on where it is, and the reason is told.");
    to = requiredOption("NODE", "The destination node: see godwit nodes.", "--to");
    strategy =
        option(
            "NAME",
            "The transfer strategy: eager, eager-dirty, precopy, copy-on-reference or hybrid"
                + " (default: the node's own choice).",
            "--strategy");
    bandwidth =
        option(
            "SIZE",
            "At most so much of the network in a second, such as 20MiB; pages that the process"
                + " waits for go nevertheless (default: no limit).",
            "--bandwidth");
    maxFreeze =
        option(
            "TIME",
            "Under precopy: go over the memory again until the rest takes no longer than this, such"
                + " as 20ms (default: 20ms).",
            "--max-freeze");
    noResidual =
        flag(
            "Wait until no memory of the process is left on the node where it was.",
            "--no-residual");
    what = argument("WHAT", "The name of a process as godwit ps shows it, or its PID.");
    examples(
        "godwit migrate job --to beta",
        "godwit migrate 4711 --to beta --strategy eager",
        "godwit migrate job --to beta --strategy hybrid --no-residual",
        "godwit migrate job --to beta --bandwidth 20MiB",
        "godwit migrate job --to beta --strategy precopy --max-freeze 5ms",
        "godwit migrate job --to beta --json | jq .freezeMicros");
  }

  @Override
  public Integer call() {
    JsonObject params =
        new MigrateSpec(
                what.required(),
                to.required(),
                strategy.orElse(""),
                new MoveWishes(
                    noResidual.given(),
                    bandwidth.size(0, MoveWishes.LEAST_BANDWIDTH),
                    maxFreeze.micros(0, MoveWishes.LONGEST_FREEZE_MICROS)))
            .toJson();
    JsonObject result;
    try (ControlClient client = connect();
        ProgressBar bar = new ProgressBar(io, json.given())) {
      result = client.ask(Method.MIGRATE, params, bar.events());
    }
    if (json.given()) {
      io.out().println(JsonText.write(result));
      return 0;
    }
    MigrationReport report = MigrationReport.of(result);
    io.out()
        .println(
            report.name()
                + " moved from "
                + report.from()
                + " to "
                + report.to()
                + " ("
                + report.strategy()
                + "): frozen for "
                + Quantities.micros(report.freezeMicros())
                + ", "
                + Quantities.bytes(report.bytes())
                + " in "
                + Quantities.micros(report.totalMicros()));
    if (!report.remark().isEmpty()) {
      io.out().println(report.remark());
    }
    return 0;
  }
}

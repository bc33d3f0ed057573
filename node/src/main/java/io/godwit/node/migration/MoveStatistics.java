package io.godwit.node.migration;

import io.godwit.core.control.MoveView.Outcome;
import io.godwit.node.metrics.Distribution;
import io.godwit.node.metrics.Exposition;
import io.godwit.node.metrics.Tally;

/** What this node's migrations add up to since its daemon was started. Safe from any thread. */
final class MoveStatistics {
  private static final double NANOS = 1e9;

  private final Tally migrations =
      new Tally(
          "godwit_migrations_total",
          "Migrations from here (out) and to here (in) that have ended.",
          "direction",
          "strategy",
          "result");
  private final Tally bytes =
      new Tally(
          "godwit_migration_bytes_total",
          "State of processes, description and memory, that went over until they ran.",
          "direction");
  private final Tally elided =
      new Tally(
          "godwit_migration_elided_bytes_total",
          "Memory of processes that left which did not have to go over, by why: zeros, or held at"
              + " the destination from an earlier visit.",
          "why");
  private final Tally failures =
      new Tally(
          "godwit_migration_failures_total",
          "Migrations from here that did not come about, by the code of the error.",
          "code");
  private final Tally refusals =
      new Tally(
          "godwit_refusals_total",
          "Reasons for which this node refused processes of other nodes, by code.",
          "code");
  private final Distribution freezes =
      new Distribution(
          "godwit_migration_freeze_seconds",
          "How long processes that left stood still.",
          "strategy",
          0.005,
          0.01,
          0.02,
          0.05,
          0.1,
          0.2,
          0.5,
          1,
          2,
          5,
          10);
  private final Distribution phases =
      new Distribution(
          "godwit_migration_phase_seconds",
          "Time in each step of migrations, as SIDE/STEP.",
          "phase");

  void ended(String direction, String strategy, Outcome outcome, long moved) {
    migrations.count(direction, strategy, outcome.wireName().replace(' ', '_'));
    bytes.add(moved, direction);
  }

  void elided(long zeros, long held) {
    elided.add(zeros, "zeros");
    elided.add(held, "held");
  }

  void failed(String code) {
    failures.count(code);
  }

  void refused(String code) {
    refusals.count(code);
  }

  void froze(String strategy, long nanos) {
    freezes.add(strategy, nanos / NANOS);
  }

  void phase(Phase phase, Phase.Side side, long nanos) {
    phases.add(side.name().toLowerCase(java.util.Locale.ROOT) + "/" + phase.title(), nanos / NANOS);
  }

  void expose(Exposition out) {
    migrations.expose(out);
    bytes.expose(out);
    elided.expose(out);
    failures.expose(out);
    refusals.expose(out);
    freezes.expose(out);
    phases.expose(out);
  }
}

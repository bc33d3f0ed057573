package io.godwit.bench;

import io.godwit.cli.Quantities;
import io.godwit.cli.TextTable;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** The rows for people: the survey's table 5 with figures in it. */
public final class RowTable {
  private static final double MIB = 1 << 20;

  private RowTable() {}

  public static void print(List<Row> rows, PrintStream out) {
    TextTable figures =
        new TextTable(
            "STRATEGY",
            ">MIB",
            ">THREADS",
            ">DIRTY",
            ">FREEZE",
            ">P99",
            ">WORST",
            ">INITIAL",
            ">IN FREEZE",
            ">IN ALL",
            ">RESIDUAL",
            ">SLOWER BEFORE",
            ">AFTER",
            "MEMORY");
    TextTable beside =
        new TextTable(
            "STRATEGY",
            ">MIB",
            ">THREADS",
            ">MIB/S",
            ">LOOPBACK MIB/S",
            ">RATIO",
            ">LOOPBACK COPY",
            ">MEMORY COPY",
            ">UNMOVED GAP",
            ">WORST");
    for (Row row : rows) {
      if (row.measured()) {
        figures.row(figures(row));
        beside.row(beside(row));
      }
    }
    figures.print(out);
    out.println();
    out.println("Beside the same bytes copied in the same run, and the same program unmoved:");
    beside.print(out);
    sweeps(rows, out);
    for (Row row : rows) {
      if (!row.problem().isEmpty()) {
        out.println();
        out.println(row.cell().strategy() + ", " + row.cell().load() + ": " + row.problem());
      }
    }
  }

  private static String[] figures(Row row) {
    Load load = row.cell().load();
    Distribution freeze = row.freezeMillis();
    return new String[] {
      row.cell().strategy(),
      Integer.toString(load.memoryMiB()),
      Integer.toString(load.threads()),
      load.dirtyMiBPerSecond() == 0 ? "-" : load.dirtyMiBPerSecond() + " MiB/s",
      millis(freeze.median()),
      millis(freeze.quantile(0.99)),
      millis(freeze.max()),
      millis(row.initialMillis()),
      Quantities.bytes(Math.round(row.bytesInFreeze())),
      Quantities.bytes(Math.round(row.bytes())),
      row.residualMillis().isPresent() ? millis(row.residualMillis().getAsDouble()) : "?",
      percent(row.slowdownBefore()),
      percent(row.slowdownAfter()),
      row.verified() ? "as written" : "not verified"
    };
  }

  private static String[] beside(Row row) {
    Yardsticks yard = row.yardsticks();
    Load load = row.cell().load();
    Distribution gaps =
        row.unmovedGaps().isEmpty()
            ? null
            : new Distribution(row.unmovedGaps().stream().mapToDouble(gap -> gap / 1e6).toArray());
    return new String[] {
      row.cell().strategy(),
      Integer.toString(load.memoryMiB()),
      Integer.toString(load.threads()),
      Long.toString(Math.round(row.rate() / MIB)),
      yard == null ? "-" : Long.toString(Math.round(yard.loopback() / MIB)),
      yard == null ? "-" : percent(OptionalDouble.of(row.rate() / yard.loopback())),
      yard == null ? "-" : millis(yard.loopbackMillis()),
      yard == null ? "-" : millis(yard.memoryMillis()),
      gaps == null ? "-" : millis(gaps.median()),
      gaps == null ? "-" : millis(gaps.max())
    };
  }

  private static void sweeps(List<Row> rows, PrintStream out) {
    TextTable table =
        new TextTable(
            "STRATEGY", ">MIB", ">PAGES TOUCHED", ">TIME", ">MIB/S", ">SLOW", ">MEDIAN", ">P99");
    boolean any = false;
    for (Row row : rows) {
      for (PaceLog.Sweep sweep : row.sweeps()) {
        any = true;
        table.row(
            row.cell().strategy(),
            Integer.toString(row.cell().load().memoryMiB()),
            Long.toString(sweep.pages()),
            millis(sweep.nanos() / 1e6),
            Long.toString(Math.round(sweep.pages() / 256.0 * 1e9 / Math.max(1, sweep.nanos()))),
            Long.toString(sweep.slow()),
            sweep.medianNanos() / 1000 + " us",
            sweep.p99Nanos() / 1000 + " us");
      }
    }
    if (any) {
      out.println();
      out.println("Touching memory right after a move (slow: more than 3 microseconds):");
      table.print(out);
    }
  }

  /** Milliseconds as people read them. */
  static String millis(double millis) {
    return millis < 10
        ? String.format(Locale.ROOT, "%.2f ms", millis)
        : Quantities.micros(Math.round(millis * 1e3));
  }

  private static String percent(OptionalDouble share) {
    return share.isEmpty() ? "-" : String.format(Locale.ROOT, "%.0f %%", 100 * share.getAsDouble());
  }
}

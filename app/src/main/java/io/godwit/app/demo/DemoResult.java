package io.godwit.app.demo;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.godwit.cli.Quantities;
import io.godwit.cli.TextTable;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What came of one program.
 *
 * @param freezesMillis of each move, as the program itself saw it
 * @param bytes moved in all
 * @param verified its output and exit status equal those of the run that never moved
 * @param lost it did not end, or nobody knew how
 * @param doubled more than one node said that it ran there
 * @param problem why it is not verified, or nothing
 */
record DemoResult(
    String name,
    int moves,
    List<Double> freezesMillis,
    long bytes,
    boolean verified,
    boolean lost,
    boolean doubled,
    String problem) {
  /** Fewer moves than these are not "several". */
  static final int MOVES_WANTED = 3;

  boolean ok() {
    return verified && !lost && !doubled && moves >= MOVES_WANTED;
  }

  private double median() {
    List<Double> sorted = freezesMillis.stream().sorted().toList();
    int count = sorted.size();
    if (count == 0) {
      return 0;
    }
    return (sorted.get((count - 1) / 2) + sorted.get(count / 2)) / 2;
  }

  private double worst() {
    return freezesMillis.stream().mapToDouble(each -> each).max().orElse(0);
  }

  /**
   * The document that scripts read.
   *
   * @param balance how the cluster balanced itself, where that was shown
   */
  static JsonObject document(
      int nodes, List<DemoResult> results, Optional<DemoBalance.Result> balance) {
    JsonObject document = new JsonObject();
    document.addProperty("ok", ok(results) && balance.map(DemoBalance.Result::ok).orElse(true));
    document.addProperty("nodes", nodes);
    document.addProperty("lost", results.stream().filter(DemoResult::lost).count());
    document.addProperty("doubled", results.stream().filter(DemoResult::doubled).count());
    JsonArray programs = new JsonArray();
    for (DemoResult result : results) {
      JsonObject freeze = new JsonObject();
      freeze.addProperty("median", rounded(result.median()));
      freeze.addProperty("max", rounded(result.worst()));
      JsonObject program = new JsonObject();
      program.addProperty("name", result.name());
      program.addProperty("moves", result.moves());
      program.add("freezeMillis", freeze);
      program.addProperty("bytes", result.bytes());
      program.addProperty("verified", result.verified());
      programs.add(program);
    }
    document.add("programs", programs);
    balance.ifPresent(it -> document.add("balancing", it.toJson()));
    return document;
  }

  static boolean ok(List<DemoResult> results) {
    return !results.isEmpty() && results.stream().allMatch(DemoResult::ok);
  }

  private static double rounded(double millis) {
    return Math.round(millis * 100) / 100.0;
  }

  static void printTable(List<DemoResult> results, PrintStream out) {
    TextTable table = new TextTable("PROGRAM", ">MOVES", ">FREEZE", ">WORST", ">MOVED", "RESULT");
    for (DemoResult result : results) {
      table.row(
          result.name(),
          Integer.toString(result.moves()),
          millis(result.median()),
          millis(result.worst()),
          Quantities.bytes(result.bytes()),
          result.ok() ? "equals the unmoved run's" : result.problem());
    }
    table.print(out);
  }

  private static String millis(double millis) {
    return String.format(Locale.ROOT, "%.1f ms", millis);
  }
}

package io.godwit.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What was measured in one cell.
 *
 * @param tool that moved it
 * @param moves those that count
 * @param yardsticks null where nothing was moved
 * @param unmovedGaps longest gaps of the program in equal spans in which it was not moved,
 *     nanoseconds
 * @param unmovedRate turns of its loop a nanosecond when nothing was going on
 * @param sweeps what touching its memory took after a move, if it was asked to
 * @param verified whether all of its memory was as it had written it
 * @param problem why there is nothing or less than was asked for; empty when all went well
 */
public record Row(
    Cell cell,
    String tool,
    List<Move> moves,
    @Nullable Yardsticks yardsticks,
    List<Long> unmovedGaps,
    OptionalDouble unmovedRate,
    List<PaceLog.Sweep> sweeps,
    boolean verified,
    String problem) {
  private static final double MIB = 1 << 20;

  /** A cell that could not be measured. */
  static Row refused(Cell cell, String tool, String why) {
    return new Row(
        cell, tool, List.of(), null, List.of(), OptionalDouble.empty(), List.of(), false, why);
  }

  /** Whether anything was measured. */
  public boolean measured() {
    return !moves.isEmpty();
  }

  /** The figures that matter most, on one line. */
  public String summary() {
    Distribution freeze = freezeMillis();
    return "frozen "
        + RowTable.millis(freeze.median())
        + " (worst "
        + RowTable.millis(freeze.max())
        + " of "
        + moves.size()
        + "), there after "
        + RowTable.millis(initialMillis())
        + (verified ? ", memory as written" : ", NOT VERIFIED");
  }

  /** The freeze as the program saw it, milliseconds. */
  Distribution freezeMillis() {
    return of(move -> move.freezeNanos() / 1e6);
  }

  double initialMillis() {
    return of(move -> move.initialNanos() / 1e6).median();
  }

  double bytes() {
    return of(Move::bytes).median();
  }

  double bytesInFreeze() {
    return of(Move::bytesInFreeze).median();
  }

  /** Milliseconds, or nothing where no node told. */
  OptionalDouble residualMillis() {
    return moves.stream().allMatch(move -> move.residualMillis() >= 0)
        ? OptionalDouble.of(of(Move::residualMillis).median())
        : OptionalDouble.empty();
  }

  /** Bytes a second from the request until it ran there and all of its pages had come. */
  double rate() {
    return of(move ->
            move.bytes()
                * 1e9
                / Math.max(1, move.initialNanos() + 1_000_000 * Math.max(0, move.residualMillis())))
        .median();
  }

  /** By how much slower the program ran between request and freeze, 0.1 for ten per cent. */
  OptionalDouble slowdownBefore() {
    return slowdown(Move::before);
  }

  /** The same from the freeze until the last page had come. */
  OptionalDouble slowdownAfter() {
    return slowdown(Move::after);
  }

  private OptionalDouble slowdown(Function<Move, OptionalDouble> rate) {
    double[] rates =
        moves.stream().map(rate).flatMapToDouble(OptionalDouble::stream).sorted().toArray();
    return rates.length == 0 || unmovedRate.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(1 - new Distribution(rates).median() / unmovedRate.getAsDouble());
  }

  private Distribution of(ToDoubleFunction<Move> figure) {
    return new Distribution(moves.stream().mapToDouble(figure).toArray());
  }

  /** Median milliseconds of each phase of the source, in order. */
  Map<String, Double> phaseMillis() {
    Map<String, Double> medians = new LinkedHashMap<>();
    for (Move move : moves) {
      for (String phase : move.phases().keySet()) {
        medians.computeIfAbsent(
            phase,
            name ->
                new Distribution(
                        moves.stream()
                            .filter(each -> each.phases().containsKey(name))
                            .mapToDouble(each -> each.phases().getOrDefault(name, 0L) / 1e6)
                            .toArray())
                    .median());
      }
    }
    return medians;
  }

  /** The row as scripts read it. */
  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("strategy", cell.strategy());
    json.addProperty("tool", tool);
    json.addProperty("sizeMiB", cell.load().memoryMiB());
    json.addProperty("threads", cell.load().threads());
    json.addProperty("descriptors", cell.load().descriptors());
    json.addProperty("workingSetMiB", cell.load().workingSetMiB());
    json.addProperty("dirtyMiBPerSecond", cell.load().dirtyMiBPerSecond());
    json.addProperty("runs", moves.size());
    json.addProperty("verified", verified);
    if (!problem.isEmpty()) {
      json.addProperty("problem", problem);
    }
    if (!measured()) {
      return json;
    }
    json.add("freezeMillis", json(freezeMillis()));
    json.addProperty("initialMillis", rounded(initialMillis()));
    json.addProperty("bytesInFreeze", Math.round(bytesInFreeze()));
    json.addProperty("bytesTotal", Math.round(bytes()));
    optional(json, "residualMillis", residualMillis());
    json.addProperty("rateMiBPerSecond", rounded(rate() / MIB));
    optional(json, "slowdownBefore", slowdownBefore());
    optional(json, "slowdownAfter", slowdownAfter());
    JsonArray all = new JsonArray();
    moves.forEach(move -> all.add(rounded(move.freezeNanos() / 1e6)));
    json.add("freezes", all);
    JsonObject phases = new JsonObject();
    phaseMillis().forEach((name, millis) -> phases.addProperty(name, rounded(millis)));
    json.add("phaseMillis", phases);
    yardstickJson(json);
    sweepJson(json);
    return json;
  }

  private void yardstickJson(JsonObject json) {
    JsonObject yardstick = yardsticks == null ? new JsonObject() : yardsticks.toJson();
    if (yardsticks != null) {
      yardstick.addProperty("rateOfLoopback", rounded(rate() / yardsticks.loopback()));
    }
    if (!unmovedGaps.isEmpty()) {
      yardstick.add(
          "unmovedGapMillis",
          json(new Distribution(unmovedGaps.stream().mapToDouble(gap -> gap / 1e6).toArray())));
    }
    json.add("yardstick", yardstick);
  }

  private void sweepJson(JsonObject json) {
    if (sweeps.isEmpty()) {
      return;
    }
    JsonArray array = new JsonArray();
    for (PaceLog.Sweep sweep : sweeps) {
      JsonObject each = new JsonObject();
      each.addProperty("pages", sweep.pages());
      each.addProperty("millis", rounded(sweep.nanos() / 1e6));
      each.addProperty(
          "MiBPerSecond", rounded(sweep.pages() / 256.0 * 1e9 / Math.max(1, sweep.nanos())));
      each.addProperty("slowTouches", sweep.slow());
      each.addProperty("slowMedianMicros", rounded(sweep.medianNanos() / 1e3));
      each.addProperty("slowP99Micros", rounded(sweep.p99Nanos() / 1e3));
      array.add(each);
    }
    json.add("sweeps", array);
  }

  private static JsonObject json(Distribution distribution) {
    JsonObject json = new JsonObject();
    json.addProperty("median", rounded(distribution.median()));
    json.addProperty("p99", rounded(distribution.quantile(0.99)));
    json.addProperty("max", rounded(distribution.max()));
    return json;
  }

  private static void optional(JsonObject json, String name, OptionalDouble value) {
    if (value.isPresent()) {
      json.addProperty(name, rounded(value.getAsDouble()));
    }
  }

  /** To three digits behind the point. */
  static double rounded(double value) {
    return Math.round(value * 1e3) / 1e3;
  }
}

package io.godwit.engine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Prints for each strategy how long a program with so much memory finds itself stopped, within one
 * machine. Arguments: MiB, moves. Not a test; the program tells the longest gap in its own clock.
 */
final class StrategyBench {
  private static final String PACE =
      """
      int main(int argc, char **argv) {
        open_board(argv[1]);
        int64_t pages = MIB * 256L;
        uint64_t *m = mmap(0, pages * 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        uint64_t x = 88172645463325252u;
        for (int64_t i = 0; i < pages * 512; i++) {
          x ^= x << 13; x ^= x >> 7; x ^= x << 17; m[i] = x;
        }
        board[0] = 1;
        int64_t last = now(), written = last, page = 0;
        for (;;) {
          int64_t t = now();
          if (t - last > board[5]) board[5] = t - last;
          /* 10 MiB/s over a working set of at most 8 MiB. */
          if (t - written > 390000) { m[page * 512] += 1; page = (page + 1) % 2048; written = t; }
          last = t;
        }
      }
      """;

  private StrategyBench() {}

  public static void main(String[] arguments) throws Exception {
    int mib = Integer.parseInt(arguments[0]);
    int moves = Integer.parseInt(arguments[1]);
    Path directory = Files.createTempDirectory("godwit-strategy");
    for (Carrier.Strategy strategy : Carrier.Strategy.values()) {
      List<Double> gaps = new ArrayList<>();
      List<Double> residuals = new ArrayList<>();
      long inFreeze = 0;
      try (Victim victim = Victim.start(directory, "pace", PACE, "-DMIB=" + mib);
          Carrier carrier = new Carrier(victim.pid())) {
        victim.awaitCell(0, 1);
        for (int i = -2; i < moves; i++) {
          victim.set(5, 0);
          Carrier.Move move = carrier.move(strategy);
          if (i >= 0) {
            gaps.add(victim.cell(5) / 1e6);
            residuals.add(move.residualNanos() / 1e6);
            inFreeze += move.bytesInFreeze() / moves;
          }
        }
      }
      System.out.printf(
          Locale.ROOT,
          "%4d MiB %-18s freeze ms: median %.1f least %.1f most %.1f; %d KiB in it; residual %.0f ms%n",
          mib,
          strategy,
          median(gaps),
          gaps.stream().min(Double::compare).orElseThrow(),
          gaps.stream().max(Double::compare).orElseThrow(),
          inFreeze >> 10,
          median(residuals));
    }
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }
}

package io.godwit.cli.top;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.godwit.core.control.NodeView;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Use of processors from what was used at earlier moments. */
class CpuRatesTest {
  private final CpuRates rates = new CpuRates();

  private Map<String, Double> at(long seconds, long here, long there) {
    return rates.take(
        new Snapshot(
            seconds * 1000,
            List.of(Sights.node("alpha", true, NodeView.State.READY)),
            List.of(
                Sights.process("here", "alpha", here, 0),
                Sights.process("there", "beta", there, 0)),
            List.of(),
            List.of(),
            ""));
  }

  @Test
  void aProcessOfThisNodeIsKnownAtTheSecondLook() {
    assertThat(at(1, 500, 0)).isEmpty();
    assertThat(at(2, 1500, 0)).containsEntry("here", 1.0);
    assertThat(at(3, 1500, 0)).containsEntry("here", 0.5);
  }

  @Test
  void whatComesWithHeartbeatsIsSmoothed() {
    // A process that uses one processor, told every other second.
    long told = 0;
    for (int second = 1; second <= 20; second++) {
      told = second / 2 * 2000L;
      Map<String, Double> now = at(second, 0, told);
      // The first look, in the middle of two heartbeats, is forgotten by then.
      if (second > 8) {
        assertThat(now.get("there")).isCloseTo(1.0, within(0.01));
      }
    }
    // It rests: the rate falls, and is nothing in the end.
    double last = 1;
    for (int second = 21; second <= 40; second++) {
      double now = at(second, 0, told).get("there");
      assertThat(now).isLessThanOrEqualTo(last + 1e-9);
      last = now;
    }
    assertThat(last).isZero();
  }

  @Test
  void aMoveBeginsAnew() {
    at(1, 0, 90_000);
    at(3, 0, 92_000);
    assertThat(at(4, 0, 10)).doesNotContainKey("there");
    assertThat(at(6, 0, 1010)).containsEntry("there", 0.5);
  }
}

package io.godwit.node.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.godwit.node.metrics.Exposition.Labels;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The text that Prometheus reads. */
class ExpositionTest {
  @Test
  void aMetricIsDescribedAndEscaped() {
    Exposition out = new Exposition();
    out.metric("godwit_odd", "gauge", "A \"help\" with \\ and\nmore.");
    out.sample("godwit_odd", Labels.of("path", "C:\\x\n\"y\"", "n", "ä"), 1.5);
    out.counter("godwit_done_total", "Done.", 3);
    assertThat(out.text())
        .isEqualTo(
            """
            # HELP godwit_odd A "help" with \\\\ and\\nmore.
            # TYPE godwit_odd gauge
            godwit_odd{path="C:\\\\x\\n\\"y\\"",n="ä"} 1.5
            # HELP godwit_done_total Done.
            # TYPE godwit_done_total counter
            godwit_done_total 3
            """);
    assertThat(PrometheusText.parse(out.text())).hasSize(2);
  }

  @Test
  void numbersAreWrittenAsGoReadsThem() {
    assertThat(Exposition.number(1e15)).isEqualTo("1000000000000000");
    assertThat(Exposition.number(0.25)).isEqualTo("0.25");
    assertThat(Exposition.number(1e300)).isEqualTo("1.0E300");
    assertThat(Exposition.number(Double.NaN)).isEqualTo("NaN");
    assertThat(Exposition.number(Double.POSITIVE_INFINITY)).isEqualTo("+Inf");
    assertThat(Exposition.number(Double.NEGATIVE_INFINITY)).isEqualTo("-Inf");
  }

  @Test
  void whatIsNoNameIsADefect() {
    Exposition out = new Exposition().gauge("a", "A.", 1);
    assertThatIllegalArgumentException().isThrownBy(() -> out.gauge("a", "Again.", 1));
    assertThatIllegalArgumentException().isThrownBy(() -> out.gauge("1st", "Bad.", 1));
    assertThatIllegalArgumentException().isThrownBy(() -> Labels.of("a-b", "1"));
    assertThatIllegalArgumentException().isThrownBy(() -> Labels.of("a"));
  }

  @Test
  void bucketsAreCumulative() {
    Distribution freezes = new Distribution("freeze_seconds", "F.", "strategy", 0.1, 1);
    for (double seconds : new double[] {0.05, 0.1, 0.5, 7}) {
      freezes.add("eager", seconds);
    }
    Exposition out = new Exposition();
    freezes.expose(out);
    Map<String, Double> samples = PrometheusText.parse(out.text());
    assertThat(samples)
        .containsEntry("freeze_seconds_bucket{strategy=\"eager\",le=\"0.1\"}", 2.0)
        .containsEntry("freeze_seconds_bucket{strategy=\"eager\",le=\"1\"}", 3.0)
        .containsEntry("freeze_seconds_bucket{strategy=\"eager\",le=\"+Inf\"}", 4.0)
        .containsEntry("freeze_seconds_count{strategy=\"eager\"}", 4.0)
        .containsEntry("freeze_seconds_sum{strategy=\"eager\"}", 7.65);
    Distribution plain = new Distribution("phase_seconds", "P.", "phase");
    plain.add("detach", 2);
    Exposition summary = new Exposition();
    plain.expose(summary);
    assertThat(PrometheusText.parse(summary.text()))
        .containsOnlyKeys(
            "phase_seconds_sum{phase=\"detach\"}", "phase_seconds_count{phase=\"detach\"}");
  }

  @Test
  void strangeLabelsFromPeersAreBounded() {
    Tally refusals = new Tally("refusals_total", "R.", "code");
    for (int i = 0; i < 10_000; i++) {
      refusals.count("GW-NODE-" + i);
    }
    refusals.count("GW-NODE-1");
    Exposition out = new Exposition();
    refusals.expose(out);
    Map<String, Double> samples = PrometheusText.parse(out.text());
    assertThat(samples).hasSize(Tally.MAX_SERIES + 1);
    assertThat(samples)
        .containsEntry("refusals_total{code=\"GW-NODE-1\"}", 2.0)
        .containsEntry("refusals_total{code=\"other\"}", 10_000.0 - Tally.MAX_SERIES);
  }
}

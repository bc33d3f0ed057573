package io.godwit.policy.scheduling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.policy.load.LoadRecord;
import io.godwit.policy.load.NodeLoad;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResourceExpressionTest {
  private static NodeLoad load(double runQueue, long memoryMb, long swapMb, String... resources) {
    return NodeLoad.idle(2, 1, memoryMb << 20, Set.of(resources))
        .withFree(memoryMb << 20, swapMb << 20)
        .withRunQueue(runQueue);
  }

  private static boolean holds(String text, NodeLoad load) {
    return ResourceExpressionParser.parse(text).holdsFor(load);
  }

  @Test
  void theExampleOfTheSurveyWorksAsWritten() {
    ResourceExpression e =
        ResourceExpressionParser.parse(
            "select[sparc && swap >= 120 &&\n      mem >= 64] order[cpu : mem]");
    assertThat(e.holdsFor(load(0, 64, 120, "sparc"))).isTrue();
    assertThat(e.holdsFor(load(0, 63, 120, "sparc"))).isFalse();
    assertThat(e.holdsFor(load(0, 64, 119, "sparc"))).isFalse();
    assertThat(e.holdsFor(load(0, 64, 120, "vax"))).isFalse();
    LoadRecord busy = new LoadRecord(new NodeId("a"), load(6, 4096, 200, "sparc"), 1, 0);
    LoadRecord small = new LoadRecord(new NodeId("b"), load(0, 64, 200, "sparc"), 1, 0);
    LoadRecord large = new LoadRecord(new NodeId("c"), load(0, 4096, 200, "sparc"), 1, 0);
    assertThat(e.best(List.of(busy, small, large))).isEqualTo(large);
  }

  @Test
  void unitsPrecedenceAndUsage() {
    NodeLoad node = load(1, 2048, 0, "x86_64", "ssd");
    assertThat(holds("mem >= 2G && mem < 2049", node)).isTrue();
    assertThat(holds("select[mem > 2T || ssd]", node)).isTrue();
    assertThat(holds("!(ssd && x86_64)", node)).isFalse();
    assertThat(holds("mem + 2 * 1024 == 4096", node)).isTrue();
    assertThat(holds("ut <= 50%", node)).isTrue();
    assertThat(holds("it > 30min && it > 1h", node)).isTrue();
    assertThat(holds("select[mem >= 2000] rusage[mem=100]", node)).isFalse();
    assertThat(ResourceExpressionParser.parse("span[ptile=2]").processesPerHost()).isEqualTo(2);
    assertThat(ResourceExpressionParser.parse("  ")).isEqualTo(ResourceExpression.ANY);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "select[men >= 64]            | column 8:  | did you mean 'mem'",
        "select[mem >= 64             | column 7:  | add ']'",
        "select[mem = 64]             | column 12: | write ==",
        "select[mem >= 5min]          | column 12: | same kind",
        "select[mem]                  | column 8:  | compare it",
        "selct[mem >= 1]              | column 1:  | did you mean 'select",
        "order[cpu:men]               | column 11: | did you mean 'mem'",
        "select[mem >= 64] select[ssd]| column 19: | merge",
        "select[(ssd]                 | column 8:  | add ')'",
        "select[ssd & x86_64]         | column 12: | write &&",
        "rusage[mem=x]                | column 12: | as in mem=200",
        "select[mem >= 64Q]           | column 17: | units are"
      })
  void mistakesGetAColumnACaretAndAHint(String text, String column, String hint) {
    assertThatThrownBy(() -> ResourceExpressionParser.parse(text.strip()))
        .isInstanceOfSatisfying(
            GodwitException.class,
            e -> {
              assertThat(e.why()).contains(column.strip());
              assertThat(e.advice()).contains(hint.strip());
              String[] lines = e.why().split("\n");
              int caret = lines[2].indexOf('^') - 2;
              assertThat(column.strip()).isEqualTo("column " + (caret + 1) + ":");
            });
  }

  @Test
  void anyInputIsReadOrRefusedWithAPlace() {
    String[] parts = {
      "select", "order", "rusage", "span", "[", "]", "(", ")", "mem", "cpu", "ssd", ">=", "==", "=",
      "&&", "|", "!", "-", "+", "*", "/", "64", "1.5", "..", "M", "%", ":", ",", " ", "hosts", "é"
    };
    SplittableRandom random = new SplittableRandom(42);
    NodeLoad node = load(1, 100, 100, "ssd");
    int read = 0;
    for (int i = 0; i < 50_000; i++) {
      StringBuilder text = new StringBuilder();
      int length = random.nextInt(14);
      for (int j = 0; j < length; j++) {
        text.append(parts[random.nextInt(parts.length)]);
      }
      try {
        ResourceExpressionParser.parse(text.toString()).holdsFor(node);
        read++;
      } catch (GodwitException e) {
        assertThat(e.why()).startsWith("column ");
      }
    }
    assertThat(read).isPositive();
  }

  @Test
  void depthAndLengthAreBounded() {
    assertThatThrownBy(() -> ResourceExpressionParser.parse("(".repeat(4000)))
        .isInstanceOf(GodwitException.class)
        .hasMessageContaining("nested deeper");
    assertThatThrownBy(() -> ResourceExpressionParser.parse("m".repeat(5000)))
        .isInstanceOf(GodwitException.class);
  }
}

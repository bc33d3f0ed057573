package io.godwit.cli.top;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Keys as terminals send them. */
class KeyParserTest {
  private static List<Key> keys(String typed) {
    KeyParser parser = new KeyParser();
    List<Key> keys = new ArrayList<>();
    for (byte octet : typed.getBytes(StandardCharsets.UTF_8)) {
      parser.accept(octet & 0xff).ifPresent(keys::add);
    }
    return keys;
  }

  @Test
  void lettersAndSequences() {
    assertThat(keys("p r\u0003")).containsExactly(Key.PAUSE, Key.REFRESH, Key.REVERSE, Key.QUIT);
    assertThat(keys("\u001b[A\u001bOB\u001b[5~\u001b[6~\u001b[H\u001b[4~\t"))
        .containsExactly(
            Key.UP, Key.DOWN, Key.PAGE_UP, Key.PAGE_DOWN, Key.HOME, Key.END, Key.NEXT_PANE);
    assertThat(keys("\u001b[1;5A")).containsExactly(Key.UP);
  }

  @Test
  void whatMeansNothingIsPassedOver() {
    assertThat(keys("xä計\u001b[200~\u001b[" + "9".repeat(100) + "~\u001bq\u001b\u001b[Bq"))
        .containsExactly(Key.DOWN, Key.QUIT);
  }
}

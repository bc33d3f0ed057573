package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Columns of text as a terminal counts them. */
class CellsTest {
  @Test
  void eastAsianLettersTakeTwoColumnsAndCombiningMarksNone() {
    assertThat(Cells.width("godwit")).isEqualTo(6);
    assertThat(Cells.width("計算")).isEqualTo(4);
    assertThat(Cells.width("e\u0301te\u0301")).isEqualTo(3);
    assertThat(Cells.width("🚀")).isEqualTo(2);
    assertThat(Cells.width("naïve – Ω")).isEqualTo(9);
  }

  @Test
  void whatIsTooLongIsCutAtAWholeLetter() {
    assertThat(Cells.fit("abcdef", 6)).isEqualTo("abcdef");
    assertThat(Cells.fit("abcdef", 5)).isEqualTo("abcd…");
    assertThat(Cells.fit("計算機", 6)).isEqualTo("計算機");
    assertThat(Cells.fit("計算機", 5)).isEqualTo("計算…");
    assertThat(Cells.fit("計算機", 4)).isEqualTo("計…");
    assertThat(Cells.pad("計算機", 4)).isEqualTo("計… ");
    assertThat(Cells.fit("🚀🚀", 3)).isEqualTo("🚀…");
    assertThat(Cells.fit("abc", 1)).isEqualTo("…");
    assertThat(Cells.fit("abc", 0)).isEmpty();
  }

  @Test
  void nothingSteersTheTerminal() {
    assertThat(Cells.printable("a\u001b[2Jb\u009bc\n\t\u007f")).isEqualTo("a?[2Jb?c???");
    assertThat(Cells.printable("right\u202eleft \ud800 \u2028")).isEqualTo("right?left ? ?");
    String harmless = "計算 e\u0301 🚀";
    assertThat(Cells.printable(harmless)).isSameAs(harmless);
  }

  @Test
  void tablesAlignWideText() {
    TextTable table = new TextTable("NAME", ">N");
    table.row("計算", "1");
    table.row("ab", "23");
    assertThat(table.lines()).isEqualTo(List.of("NAME   N", "計算   1", "ab    23"));
  }
}

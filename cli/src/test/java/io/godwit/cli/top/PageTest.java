package io.godwit.cli.top;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.Cells;
import io.godwit.core.control.NodeView;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code godwit top} shows, as a function of what is known and of the window. */
class PageTest {
  private static final ZoneId ZONE = ZoneOffset.UTC;

  private static List<Line> page(Snapshot snapshot, int width, int height) {
    return Page.lines(Sights.scene(snapshot), View.FIRST, ZONE, width, height);
  }

  private static String text(List<Line> lines) {
    return String.join("\n", lines.stream().map(Line::text).toList());
  }

  private static Line line(List<Line> lines, String with) {
    return lines.stream().filter(l -> l.text().contains(with)).findFirst().orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
    "200,60", "132,40", "80,24", "80,10", "40,12", "20,8", "10,5", "3,3", "1,1", "80,2", "80,1",
    "80,0"
  })
  void aPageFillsTheWindowAndNeverMore(int width, int height) {
    for (Snapshot snapshot :
        List.of(Sights.usual(), Sights.many(0, 0), Sights.many(40, 500), Sights.many(1, 1))) {
      List<Line> lines = page(snapshot, width, height);
      assertThat(lines).hasSize(height);
      assertThat(lines).allMatch(line -> Cells.width(line.text()) <= width);
    }
    assertThat(Page.lines(new Scene(null, Map.of(), 0, ""), View.FIRST, ZONE, width, height))
        .hasSize(height);
  }

  @Test
  void nodesProcessesMovesAndDecisionsAreThere() {
    List<Line> lines = page(Sights.usual(), 200, 40);
    assertThat(lines.getFirst().text())
        .startsWith(
            "godwit top   alpha of flock   3 nodes (1 silent), 3 processes, 1 moving   13:46:40");
    assertThat(line(lines, "*alpha").text())
        .containsSubsequence(
            "ready", "8", "2.50", "42%", "12/0/3", "4.00 GiB", "16.0 GiB", "idle 1m30s", "250 ms");
    assertThat(line(lines, "gamma").text()).contains("unreachable", "no answer for 7 s");
    assertThat(line(lines, "gamma").style()).isEqualTo(Line.Style.ALERT);
    assertThat(line(lines, "--for two").text())
        .containsSubsequence(
            "two", "running", "alpha", "ana", "125%", "2s", "2.00 MiB", "2", "1m05s");
    assertThat(line(lines, "--for one").text())
        .containsSubsequence(
            "one", "migrating", "50%", "alpha => beta hybrid, transfer 25% 12.0 MiB");
    assertThat(line(lines, "--for one").style()).isEqualTo(Line.Style.MOVING);
    assertThat(line(lines, "--for three").text()).containsSubsequence("three", "beta", "-", "1s");
    assertThat(text(lines))
        .containsSubsequence(
            "MOVES AND DECISIONS",
            "now  move    one: alpha => beta hybrid, transfer 25% 12.0 MiB, 400 ms",
            "2s  move    two: alpha -> beta hybrid, done in 400 ms: frozen 12.4 ms, 12.0 MiB",
            "3s  decided alpha: migrate two -> beta: age 9 s",
            "9s  move    three: alpha -> beta hybrid, refused in transfer: GW-NODE-016: fd 7 is")
        .doesNotContain("nothing to do");
    assertThat(lines.getLast().text()).startsWith("q quit  p pause");
  }

  @Test
  void processesAreOrderedAsWished() {
    assertThat(order(View.FIRST)).containsSubsequence("for two", "for one", "for three");
    Snapshot snapshot = Sights.usual();
    Layout layout = Page.layout(snapshot, 40);
    View byMemory = View.FIRST.on(Key.SORT_MEMORY, layout, 3);
    assertThat(order(byMemory)).containsSubsequence("for three", "for two", "for one");
    View reversed = byMemory.on(Key.REVERSE, layout, 3);
    assertThat(order(reversed)).containsSubsequence("for one", "for two", "for three");
    // Another column begins the usual way round.
    assertThat(order(reversed.on(Key.SORT_NAME, layout, 3)))
        .containsSubsequence("for one", "for three", "for two");
  }

  private static String order(View view) {
    return text(Page.lines(Sights.scene(Sights.usual()), view, ZONE, 200, 40));
  }

  @Test
  void scrollingEndsWithTheLastRow() {
    Snapshot snapshot = Sights.many(1, 500);
    Layout layout = Page.layout(snapshot, 24);
    View view = View.FIRST.on(Key.SORT_NAME, layout, 500).on(Key.END, layout, 500);
    List<Line> lines = Page.lines(Sights.scene(snapshot), view, ZONE, 120, 24);
    assertThat(text(lines)).contains("job99 ", "-500 of 500]").doesNotContain("job0 ");
    View up = view.on(Key.UP, layout, 500);
    assertThat(text(Page.lines(Sights.scene(snapshot), up, ZONE, 120, 24)))
        .contains("-499 of 500]")
        .doesNotContain("job99 ");
    // There are fewer now: the rows that are left are shown.
    assertThat(text(Page.lines(Sights.scene(Sights.many(1, 2)), up, ZONE, 120, 24)))
        .contains("job0 ", "job1 ");
    assertThat(up.on(Key.HOME, layout, 500).tops().processes()).isZero();
  }

  @Test
  void tabGoesRoundThePanesThatAreThere() {
    Layout tall = Page.layout(Sights.usual(), 40);
    View events = View.FIRST.on(Key.NEXT_PANE, tall, 3);
    assertThat(events.pane()).isEqualTo(View.Pane.EVENTS);
    assertThat(events.on(Key.NEXT_PANE, tall, 3).pane()).isEqualTo(View.Pane.NODES);
    Layout low = Page.layout(Sights.usual(), 5);
    assertThat(View.FIRST.on(Key.NEXT_PANE, low, 3).pane()).isEqualTo(View.Pane.PROCESSES);
  }

  @Test
  void longAndWideNamesKeepTheColumnsApart() {
    String name = "計算".repeat(15);
    Snapshot snapshot =
        new Snapshot(
            Sights.NOW,
            List.of(Sights.node("n".repeat(63), true, NodeView.State.READY)),
            List.of(
                Sights.process(name, "n".repeat(63), 1, 1),
                Sights.process("plain", "beta\u001b[2J", 1, 1)),
            List.of(),
            List.of(),
            "");
    List<Line> lines = page(snapshot, 80, 24);
    assertThat(lines).allMatch(line -> Cells.width(line.text()) <= 80);
    assertThat(text(lines)).doesNotContain("\u001b");
    String wide = line(lines, "計").text();
    String plain = line(lines, "plain").text();
    assertThat(wide).startsWith("計算計算計算計算計… ");
    assertThat(Cells.width(wide.substring(0, wide.indexOf("running"))))
        .isEqualTo(Cells.width(plain.substring(0, plain.indexOf("running"))));
    assertThat(text(page(snapshot, 400, 24))).contains(name);
  }

  @Test
  void aSilentDaemonIsSaidToBeSilent() {
    Scene waiting = new Scene(null, Map.of(), 4200, "");
    List<Line> lines = Page.lines(waiting, View.FIRST, ZONE, 80, 24);
    assertThat(lines.getFirst().text()).contains("waiting for the daemon");
    assertThat(lines.getLast())
        .isEqualTo(
            new Line(
                "the daemon has not answered for 4s; what is shown is as old; q quits",
                Line.Style.ALERT));
    Scene gone = new Scene(Sights.usual(), Map.of(), 0, "GW-CLI-001: no daemon runs on this node");
    assertThat(Page.lines(gone, View.FIRST, ZONE, 80, 24).getLast().text())
        .startsWith("GW-CLI-001");
    Scene quick = new Scene(Sights.usual(), Map.of(), 900, "");
    assertThat(Page.lines(quick, View.FIRST, ZONE, 80, 24).getLast().text()).startsWith("q quit");
  }

  @Test
  void whyThereAreNoDecisionsIsTold() {
    Snapshot alone =
        new Snapshot(
            Sights.NOW, List.of(), List.of(), List.of(), List.of(), "only root may see all");
    assertThat(text(page(alone, 80, 24)))
        .contains("decisions are not shown: only root may see all");
    assertThat(text(page(Sights.many(1, 1), 80, 24))).contains("nothing has moved lately");
  }

  @Test
  void withoutAWindowEverythingIsPrinted() {
    List<String> whole = Page.whole(Sights.many(40, 500), ZONE);
    assertThat(whole).filteredOn(line -> line.startsWith("job")).hasSize(500);
    assertThat(whole)
        .filteredOn(line -> line.contains("node") && line.contains("ready"))
        .hasSize(40);
    assertThat(whole).noneMatch(line -> line.endsWith(" "));
  }
}

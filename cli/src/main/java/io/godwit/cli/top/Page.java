package io.godwit.cli.top;

import io.godwit.cli.Cells;
import io.godwit.cli.Quantities;
import io.godwit.cli.TextTable;
import io.godwit.core.control.NodeView;
import io.godwit.core.control.ProcessView;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The page as a pure function of what is known, what was chosen, and the window's size. */
final class Page {
  /** A name longer than this is cut where the window is narrow. */
  private static final int SHORT_NAME = 20;

  private static final int NARROW = 132;

  /** A daemon that owes an answer for so long is called silent. */
  private static final long SILENT_MILLIS = 3000;

  private static final String KEYS =
      "q quit  p pause  space now  tab pane  arrows scroll  r reverse  sort: c CPU  t time"
          + "  m memory  n name  o node  v moves  a age";

  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

  private final Scene scene;
  private final View view;
  private final ZoneId zone;
  private final int width;
  private final List<Line> lines = new ArrayList<>();

  private Page(Scene scene, View view, ZoneId zone, int width) {
    this.scene = scene;
    this.view = view;
    this.zone = zone;
    this.width = width;
  }

  /** Exactly {@code height} lines, none wider than {@code width} columns. */
  static List<Line> lines(Scene scene, View view, ZoneId zone, int width, int height) {
    Page page = new Page(scene, view, zone, width);
    Snapshot snapshot = scene.snapshot();
    if (height > 0) {
      page.bar(page.title(snapshot));
    }
    if (snapshot != null) {
      page.panes(snapshot, layout(snapshot, height));
    }
    while (page.lines.size() < height - 1) {
      page.add("", Line.Style.PLAIN);
    }
    if (height > 1) {
      String wrong = page.wrong();
      if (wrong.isEmpty()) {
        page.bar(KEYS);
      } else {
        page.add(wrong, Line.Style.ALERT);
      }
    }
    return List.copyOf(page.lines.subList(0, Math.min(height, page.lines.size())));
  }

  /** All of it, once, for where there is no window. */
  static List<String> whole(Snapshot snapshot, ZoneId zone) {
    Scene scene = new Scene(snapshot, java.util.Map.of(), 0, "");
    Page page = new Page(scene, View.FIRST, zone, Integer.MAX_VALUE);
    page.add(page.title(snapshot), Line.Style.PLAIN);
    page.add("", Line.Style.PLAIN);
    page.table(nodeTable(snapshot), View.Pane.NODES, snapshot.nodes().size(), Set.of());
    page.add("", Line.Style.PLAIN);
    page.table(
        page.processTable(snapshot), View.Pane.PROCESSES, snapshot.processes().size(), Set.of());
    List<Happening> events = Happening.of(snapshot);
    if (!events.isEmpty()) {
      page.add("", Line.Style.PLAIN);
      page.table(eventTable(events), View.Pane.EVENTS, events.size(), Set.of());
    }
    return page.lines.stream().map(line -> line.text().stripTrailing()).toList();
  }

  /** How a window of that height is divided. */
  static Layout layout(Snapshot snapshot, int height) {
    return Layout.of(height, snapshot.nodes().size(), Happening.of(snapshot).size());
  }

  /** Rows that a pane has. */
  static int count(Snapshot snapshot, View.Pane pane) {
    return switch (pane) {
      case NODES -> snapshot.nodes().size();
      case PROCESSES -> snapshot.processes().size();
      case EVENTS -> Happening.of(snapshot).size();
    };
  }

  private void panes(Snapshot snapshot, Layout layout) {
    if (layout.nodes() > 0) {
      Set<Integer> bad = rows(snapshot.nodes(), node -> node.state() == NodeView.State.UNREACHABLE);
      table(nodeTable(snapshot), View.Pane.NODES, layout.nodes(), bad);
    }
    if (layout.processes() > 0) {
      table(processTable(snapshot), View.Pane.PROCESSES, layout.processes(), Set.of());
    }
    if (layout.events() > 0) {
      List<Happening> events = Happening.of(snapshot);
      if (events.isEmpty()) {
        add("AGE  MOVES AND DECISIONS", heading(View.Pane.EVENTS));
        add(
            snapshot.undecided().isEmpty()
                ? "     nothing has moved lately"
                : "     decisions are not shown: " + snapshot.undecided(),
            Line.Style.PLAIN);
      } else {
        table(eventTable(events), View.Pane.EVENTS, layout.events(), Set.of());
      }
    }
  }

  private static <T> Set<Integer> rows(List<T> all, java.util.function.Predicate<T> which) {
    return java.util.stream.IntStream.range(0, all.size())
        .filter(i -> which.test(all.get(i)))
        .boxed()
        .collect(Collectors.toSet());
  }

  /** Titles and the rows that are in sight. */
  private void table(TextTable table, View.Pane pane, int rows, Set<Integer> bad) {
    List<String> all = table.lines();
    int count = all.size() - 1;
    int top = view.top(pane, rows, count);
    String heading = all.getFirst();
    if (count > rows) {
      heading += "  [" + (top + 1) + "-" + (top + rows) + " of " + count + "]";
    }
    add(heading, heading(pane));
    for (int i = 0; i < rows; i++) {
      int row = top + i;
      String text = row < count ? all.get(row + 1) : "";
      add(text, style(pane, row, text, bad));
    }
  }

  private Line.Style heading(View.Pane pane) {
    return view.pane() == pane ? Line.Style.CHOSEN_HEADING : Line.Style.HEADING;
  }

  private Line.Style style(View.Pane pane, int row, String text, Set<Integer> bad) {
    if (bad.contains(row)) {
      return Line.Style.ALERT;
    }
    return pane != View.Pane.NODES && text.contains(Happening.ARROW)
        ? Line.Style.MOVING
        : Line.Style.PLAIN;
  }

  private String title(@org.jspecify.annotations.Nullable Snapshot snapshot) {
    if (snapshot == null) {
      return "godwit top   waiting for the daemon";
    }
    long silent =
        snapshot.nodes().stream().filter(n -> n.state() == NodeView.State.UNREACHABLE).count();
    long moving = snapshot.moves().stream().filter(Happening::underWay).count();
    String cluster = snapshot.nodes().stream().map(NodeView::cluster).findFirst().orElse("");
    StringBuilder title = new StringBuilder(view.paused() ? "PAUSED   " : "godwit top   ");
    if (!snapshot.self().isEmpty()) {
      title.append(snapshot.self());
      title.append(cluster.isEmpty() ? "   " : " of " + cluster + "   ");
    }
    title.append(counted(snapshot.nodes().size(), "node"));
    title.append(silent == 0 ? "" : " (" + silent + " silent)");
    title.append(", ").append(counted(snapshot.processes().size(), "process"));
    title.append(", ").append(moving).append(" moving   ");
    title.append(CLOCK.format(Instant.ofEpochMilli(snapshot.takenMillis()).atZone(zone)));
    return title.toString();
  }

  private static String counted(int number, String what) {
    return number + " " + what + (number == 1 ? "" : what.endsWith("s") ? "es" : "s");
  }

  private String wrong() {
    if (!scene.trouble().isEmpty()) {
      return scene.trouble();
    }
    return scene.silentMillis() < SILENT_MILLIS
        ? ""
        : "the daemon has not answered for "
            + Quantities.span(scene.silentMillis())
            + "; what is shown is as old; q quits";
  }

  private static TextTable nodeTable(Snapshot snapshot) {
    TextTable table =
        new TextTable(
            "NODE",
            "STATE",
            ">CPUS",
            ">RUNQ",
            ">CPU",
            ">PSI C/M/I",
            ">FREE",
            ">OF",
            ">OWNER",
            ">PROCS",
            ">FOREIGN",
            ">AGE",
            "DETAIL");
    for (NodeView node : snapshot.nodes()) {
      NodeView.Pressure pressure = node.pressure();
      boolean known = node.ageMillis() >= 0;
      table.row(
          (node.self() ? "*" : "") + node.name(),
          node.state().wireName(),
          Integer.toString(node.processors()),
          known ? Quantities.fixed(node.load(), 2) : "-",
          known ? Quantities.fixed(node.cpuUse() * 100, 0) + "%" : "-",
          pressure == null
              ? "-"
              : percent(pressure.cpu())
                  + "/"
                  + percent(pressure.memory())
                  + "/"
                  + percent(pressure.io()),
          Quantities.bytes(node.freeBytes()),
          Quantities.bytes(node.memoryBytes()),
          node.ownerIdleMillis() < 0 ? "-" : "idle " + Quantities.span(node.ownerIdleMillis()),
          Integer.toString(node.processes()),
          Integer.toString(node.foreign()),
          known ? Quantities.micros(node.ageMillis() * 1000) : "-",
          node.detail());
    }
    return table;
  }

  private static String percent(double share) {
    return Quantities.fixed(share * 100, 0);
  }

  private TextTable processTable(Snapshot snapshot) {
    List<ProcessView> processes =
        snapshot.processes().stream().sorted(view.order(scene.cpu())).toList();
    TextTable table =
        new TextTable(
            "NAME", "STATE", "NODE", "HOME", "USER", ">CPU", ">TIME", ">MEMORY", ">MOVES", ">AGE",
            "COMMAND");
    for (ProcessView process : processes) {
      Double cpu = scene.cpu().get(process.name());
      String moving =
          snapshot.moves().stream()
              .filter(m -> Happening.underWay(m) && m.process().equals(process.name()))
              .map(Happening::progress)
              .findFirst()
              .orElse("");
      table.row(
          name(process.name()),
          moving.isEmpty() ? process.state().wireName() : "migrating",
          name(process.node()),
          name(process.home()),
          name(process.user()),
          cpu == null ? "-" : Quantities.fixed(cpu * 100, 0) + "%",
          Quantities.span(process.cpuMillis()),
          Quantities.bytes(process.memoryBytes()),
          Long.toString(process.epoch() - 1),
          Quantities.span(snapshot.takenMillis() - process.startedMillis()),
          moving.isEmpty() ? process.command() : moving + " | " + process.command());
    }
    return table;
  }

  private static TextTable eventTable(List<Happening> events) {
    TextTable table = new TextTable(">AGE", "MOVES AND DECISIONS");
    for (Happening event : events) {
      table.row(event.ageMillis() == 0 ? "now" : Quantities.span(event.ageMillis()), event.text());
    }
    return table;
  }

  private String name(String name) {
    return width < NARROW ? Cells.fit(Cells.printable(name), SHORT_NAME) : name;
  }

  private void bar(String text) {
    lines.add(new Line(Cells.pad(Cells.printable(text), width), Line.Style.BAR));
  }

  private void add(String text, Line.Style style) {
    lines.add(new Line(Cells.fit(Cells.printable(text), width), style));
  }
}

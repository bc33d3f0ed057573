package io.godwit.cli.top;

import io.godwit.core.control.ProcessView;
import java.util.Comparator;
import java.util.Map;

/**
 * What the keys have chosen.
 *
 * @param reversed whether the order is the other way round than usual
 * @param pane which pane is scrolled
 * @param tops first row of each pane
 */
record View(Sort sort, boolean reversed, boolean paused, Pane pane, Tops tops) {
  static final View FIRST = new View(Sort.CPU, false, false, Pane.PROCESSES, new Tops(0, 0, 0));

  /** What the screen is divided into. */
  enum Pane {
    NODES,
    PROCESSES,
    EVENTS
  }

  /** The first row of each pane. */
  record Tops(int nodes, int processes, int events) {
    int of(Pane pane) {
      return switch (pane) {
        case NODES -> nodes;
        case PROCESSES -> processes;
        case EVENTS -> events;
      };
    }

    Tops with(Pane pane, int top) {
      return switch (pane) {
        case NODES -> new Tops(top, processes, events);
        case PROCESSES -> new Tops(nodes, top, events);
        case EVENTS -> new Tops(nodes, processes, top);
      };
    }
  }

  /** By what processes are ordered; numbers usually with the greatest first. */
  enum Sort {
    CPU("CPU"),
    TIME("TIME"),
    MEMORY("MEMORY"),
    NAME("NAME"),
    NODE("NODE"),
    MOVES("MOVES"),
    AGE("AGE");

    private final String title;

    Sort(String title) {
      this.title = title;
    }

    /** The column's title. */
    String title() {
      return title;
    }
  }

  /** The order of processes; equal ones go by name. */
  Comparator<ProcessView> order(Map<String, Double> cpu) {
    Comparator<ProcessView> chosen =
        switch (sort) {
          case CPU ->
              Comparator.comparingDouble((ProcessView p) -> cpu.getOrDefault(p.name(), 0.0))
                  .reversed();
          case TIME -> Comparator.comparingLong(ProcessView::cpuMillis).reversed();
          case MEMORY -> Comparator.comparingLong(ProcessView::memoryBytes).reversed();
          case NAME -> Comparator.comparing(ProcessView::name);
          case NODE -> Comparator.comparing(ProcessView::node);
          case MOVES -> Comparator.comparingLong(ProcessView::epoch).reversed();
          case AGE -> Comparator.comparingLong(ProcessView::startedMillis);
        };
    return (reversed ? chosen.reversed() : chosen).thenComparing(ProcessView::name);
  }

  /**
   * The view after a key.
   *
   * @param layout of the page that is seen
   * @param count rows that there are in the pane that is scrolled
   */
  View on(Key key, Layout layout, int count) {
    int rows = layout.rows(pane);
    return switch (key) {
      case QUIT, REFRESH -> this;
      case PAUSE -> new View(sort, reversed, !paused, pane, tops);
      case REVERSE -> new View(sort, !reversed, paused, pane, tops);
      case SORT_CPU -> by(Sort.CPU);
      case SORT_TIME -> by(Sort.TIME);
      case SORT_MEMORY -> by(Sort.MEMORY);
      case SORT_NAME -> by(Sort.NAME);
      case SORT_NODE -> by(Sort.NODE);
      case SORT_MOVES -> by(Sort.MOVES);
      case SORT_AGE -> by(Sort.AGE);
      case UP -> scrolled(-1, rows, count);
      case DOWN -> scrolled(1, rows, count);
      case PAGE_UP -> scrolled(-Math.max(1, rows - 1), rows, count);
      case PAGE_DOWN -> scrolled(Math.max(1, rows - 1), rows, count);
      case HOME -> scrolled(-count, rows, count);
      case END -> scrolled(count, rows, count);
      case NEXT_PANE -> nextPane(layout);
    };
  }

  private View by(Sort chosen) {
    return new View(chosen, chosen == sort && reversed, paused, pane, tops.with(Pane.PROCESSES, 0));
  }

  private View scrolled(int by, int rows, int count) {
    int top = top(pane, rows, count) + by;
    return new View(
        sort,
        reversed,
        paused,
        pane,
        tops.with(pane, Math.clamp(top, 0, Math.max(0, count - rows))));
  }

  private View nextPane(Layout layout) {
    Pane next = pane;
    do {
      next =
          switch (next) {
            case NODES -> Pane.PROCESSES;
            case PROCESSES -> Pane.EVENTS;
            case EVENTS -> Pane.NODES;
          };
    } while (layout.rows(next) == 0 && next != pane);
    return new View(sort, reversed, paused, next, tops);
  }

  /** The first row of a pane that has so many rows to show so many; there may be fewer by now. */
  int top(Pane of, int rows, int count) {
    return Math.clamp(tops.of(of), 0, Math.max(0, count - rows));
  }
}

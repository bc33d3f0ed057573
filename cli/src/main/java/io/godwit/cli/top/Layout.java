package io.godwit.cli.top;

/**
 * How many rows each pane has below its heading; a pane of none is not there at all. Title and keys
 * take a line each, a pane's heading one more.
 */
record Layout(int nodes, int processes, int events) {
  /** From so many lines on there is room for nodes, and for events. */
  private static final int WITH_NODES = 6;

  private static final int WITH_EVENTS = 10;
  private static final int SHARE = 4;

  /** For a window of that height: nodes and events take a quarter each at most. */
  static Layout of(int height, int nodes, int events) {
    int room = Math.max(0, height - 2);
    int nodeRows = room < WITH_NODES ? 0 : Math.clamp(nodes, 1, room / SHARE);
    int eventRows = room < WITH_EVENTS ? 0 : Math.clamp(events, 1, room / SHARE);
    int taken = (nodeRows == 0 ? 0 : nodeRows + 1) + (eventRows == 0 ? 0 : eventRows + 1);
    return new Layout(nodeRows, Math.max(0, room - taken - 1), eventRows);
  }

  int rows(View.Pane pane) {
    return switch (pane) {
      case NODES -> nodes;
      case PROCESSES -> processes;
      case EVENTS -> events;
    };
  }
}

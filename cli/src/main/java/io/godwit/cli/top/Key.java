package io.godwit.cli.top;

/** What a key means. */
enum Key {
  QUIT,
  PAUSE,
  REFRESH,
  REVERSE,
  SORT_CPU,
  SORT_TIME,
  SORT_MEMORY,
  SORT_NAME,
  SORT_NODE,
  SORT_MOVES,
  SORT_AGE,
  UP,
  DOWN,
  PAGE_UP,
  PAGE_DOWN,
  HOME,
  END,
  NEXT_PANE
}

package io.godwit.cli.top;

/** A line of the page: printable text, and how it is to stand out. */
record Line(String text, Style style) {
  /** How a line looks. */
  enum Style {
    PLAIN,
    /** Title and keys. */
    BAR,
    /** Titles of columns. */
    HEADING,
    /** Of the pane that is scrolled. */
    CHOSEN_HEADING,
    /** Something on its way. */
    MOVING,
    /** Something wrong. */
    ALERT
  }
}

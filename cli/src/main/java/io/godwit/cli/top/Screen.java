package io.godwit.cli.top;

import java.io.PrintStream;
import java.util.List;

/** The alternate screen of a terminal (xterm's control sequences); safe from any thread. */
final class Screen {
  private static final String ESC = "\u001b[";

  /** Alternate screen, no cursor, no wrapping of long lines. */
  private static final String ENTER = ESC + "?1049h" + ESC + "?25l" + ESC + "?7l";

  private static final String LEAVE = ESC + "0m" + ESC + "?7h" + ESC + "?25h" + ESC + "?1049l";

  private static final String PLAIN = ESC + "0m";

  private final PrintStream out;
  private final boolean colours;
  private boolean left;

  Screen(PrintStream out, boolean colours) {
    this.out = out;
    this.colours = colours;
  }

  synchronized void enter() {
    out.print(ENTER);
    out.flush();
  }

  /** Shows what was there before; nothing is drawn any more. */
  synchronized void leave() {
    if (!left) {
      left = true;
      out.print(LEAVE);
      out.flush();
    }
  }

  /** Draws over what is there, in one write; false when nobody sees it any more. */
  synchronized boolean draw(List<Line> lines) {
    if (left) {
      return false;
    }
    StringBuilder frame = new StringBuilder(ESC).append('H');
    for (int i = 0; i < lines.size(); i++) {
      frame.append(i == 0 ? "" : "\r\n").append(sgr(lines.get(i).style()));
      frame.append(lines.get(i).text()).append(PLAIN).append(ESC).append('K');
    }
    out.print(frame.append(ESC).append('J'));
    return !out.checkError();
  }

  private String sgr(Line.Style style) {
    return switch (style) {
      case PLAIN -> "";
      case BAR -> ESC + "7m";
      case HEADING -> ESC + "1m";
      case CHOSEN_HEADING -> ESC + "1;4m";
      case MOVING -> ESC + (colours ? "36m" : "1m");
      case ALERT -> ESC + (colours ? "31m" : "1m");
    };
  }
}

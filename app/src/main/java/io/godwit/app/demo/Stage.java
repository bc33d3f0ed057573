package io.godwit.app.demo;

import java.io.PrintStream;
import java.util.Locale;

/** Where the demo shows what happens, one line at a time. */
final class Stage {
  private final PrintStream out;
  private final boolean quiet;
  private final long start = System.nanoTime();

  /**
   * @param quiet print nothing: only the document at the end is wanted
   */
  Stage(PrintStream out, boolean quiet) {
    this.out = out;
    this.quiet = quiet;
  }

  @SuppressWarnings("AnnotateFormatMethod") // the annotation would be one more dependency
  synchronized void say(String format, Object... arguments) {
    if (!quiet) {
      out.println(
          String.format(Locale.ROOT, "%6.2f s  ", (System.nanoTime() - start) / 1e9)
              + String.format(Locale.ROOT, format, arguments));
      out.flush();
    }
  }
}

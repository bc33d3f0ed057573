package io.godwit.cli;

import io.godwit.core.control.ControlMessage;
import io.godwit.core.control.Progress;
import java.io.PrintStream;
import java.util.function.Consumer;

/**
 * One line on standard error that is written over as an operation goes on; silent where standard
 * error is no terminal. Used by one thread.
 */
public final class ProgressBar implements Consumer<Progress>, AutoCloseable {
  private static final int BAR_CELLS = 30;

  /** A terminal gains nothing from more than some twenty pictures a second. */
  private static final long REDRAW_MICROS = 50_000;

  private final PrintStream err;
  private final boolean shown;
  private int drawn;
  private long lastMicros = -REDRAW_MICROS;
  private String lastPhase = "";

  public ProgressBar(CommandIo io, boolean quiet) {
    err = io.err();
    shown = io.errTerminal() && !quiet;
  }

  /** Takes the events of a conversation with the daemon. */
  public Consumer<ControlMessage.Event> events() {
    return event -> {
      if (event.kind().equals(Progress.KIND)) {
        accept(Progress.of(event.data()));
      }
    };
  }

  @Override
  public void accept(Progress progress) {
    boolean newPhase = !progress.phase().equals(lastPhase);
    if (!shown || (!newPhase && progress.elapsedMicros() - lastMicros < REDRAW_MICROS)) {
      return;
    }
    lastPhase = progress.phase();
    lastMicros = progress.elapsedMicros();
    draw(line(progress));
  }

  static String line(Progress progress) {
    StringBuilder line = new StringBuilder(100);
    long total = progress.totalBytes();
    if (total > 0) {
      int full = (int) Math.min(BAR_CELLS, (double) progress.bytes() / total * BAR_CELLS);
      line.append('[').repeat('#', full).repeat('.', BAR_CELLS - full).append("] ");
      line.append(Math.min(100, (long) ((double) progress.bytes() / total * 100))).append("%  ");
    }
    line.append(Cells.printable(progress.phase()));
    line.append("  ").append(Quantities.bytes(progress.bytes()));
    if (progress.bytesPerSecond() > 0) {
      line.append("  ").append(Quantities.bytes(progress.bytesPerSecond())).append("/s");
    }
    return line.append("  ").append(Quantities.micros(progress.elapsedMicros())).toString();
  }

  private void draw(String line) {
    err.print('\r' + line + " ".repeat(Math.max(0, drawn - line.length())));
    err.flush();
    drawn = line.length();
  }

  /** Wipes the line. */
  @Override
  public void close() {
    if (drawn > 0) {
      err.print('\r' + " ".repeat(drawn) + '\r');
      err.flush();
      drawn = 0;
    }
  }
}

package io.godwit.cli;

import io.godwit.core.control.WindowSize;
import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.terminal.Terminal;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Raw mode of the terminal on standard input, undone at the end even when the JVM is told to go.
 */
public final class RawTerminal implements AutoCloseable {
  private static final Fd STDIN = new Fd(0);

  private final @Nullable Terminal terminal;
  private final Terminal.@Nullable Mode before;
  private final Runnable farewell;
  private final AtomicBoolean restored = new AtomicBoolean();

  private RawTerminal(
      @Nullable Terminal terminal, Terminal.@Nullable Mode before, Runnable farewell) {
    this.terminal = terminal;
    this.before = before;
    this.farewell = farewell;
  }

  /** Changes nothing. */
  static RawTerminal none() {
    return new RawTerminal(null, null, () -> {});
  }

  /** Every key is passed on as it is from now on. */
  public static RawTerminal enter() {
    return enter(() -> {});
  }

  /**
   * As above.
   *
   * @param farewell called once, before the mode is as it was
   */
  public static RawTerminal enter(Runnable farewell) {
    Terminal terminal = new Terminal(STDIN);
    RawTerminal raw = new RawTerminal(terminal, terminal.makeRaw(), farewell);
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(raw::close));
    return raw;
  }

  /** The window's size; usual values where it cannot be told. */
  public static WindowSize windowSize() {
    try {
      int[] size = new Terminal(STDIN).size();
      return new WindowSize(size[0], size[1]);
    } catch (LinuxException e) {
      return WindowSize.USUAL;
    }
  }

  @Override
  public void close() {
    if (restored.compareAndSet(false, true)) {
      farewell.run();
      if (terminal != null && before != null) {
        terminal.set(before);
      }
    }
  }
}

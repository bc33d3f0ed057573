package io.godwit.node.daemon;

import io.godwit.core.control.ConsoleStream;
import io.godwit.core.control.ProcessExit;
import io.godwit.core.control.WindowSize;
import io.godwit.linux.launch.TerminalCalls;
import io.godwit.node.control.Attachment;
import io.godwit.node.control.ConsoleSink;
import io.godwit.node.home.ConsoleClient;
import io.godwit.node.home.ConsoleHome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A client of the control socket at the home's end of a console. */
final class AttachedConsole implements Attachment, ConsoleClient {
  private final ConsoleSink sink;
  private final boolean terminal;
  private final Set<io.godwit.node.home.ConsoleStream> open =
      EnumSet.of(io.godwit.node.home.ConsoleStream.OUTPUT, io.godwit.node.home.ConsoleStream.ERROR);
  private final CompletableFuture<@Nullable Void> drained = new CompletableFuture<>();
  private volatile ConsoleHome.@Nullable Attachment attachment;

  private AttachedConsole(ConsoleSink sink, boolean terminal) {
    this.sink = sink;
    this.terminal = terminal;
    if (terminal) {
      open.remove(io.godwit.node.home.ConsoleStream.ERROR);
    }
  }

  /**
   * Attaches; the exit is told when the process has ended and all output was delivered.
   *
   * @param fromLog see {@link ConsoleHome#attach}
   * @param follow whether to wait for the end of the process
   */
  static AttachedConsole open(
      ConsoleHome home,
      ConsoleSink sink,
      boolean input,
      boolean terminal,
      long fromLog,
      boolean follow,
      CompletableFuture<Integer> end) {
    AttachedConsole console = new AttachedConsole(sink, terminal);
    console.attachment = home.attach(console, input, fromLog);
    if (follow) {
      var _ =
          end.thenAcceptBoth(
              console.drained,
              (status, nothing) -> {
                sink.exited(ProcessExit.ofWaitStatus(status));
                sink.end();
              });
    }
    return console;
  }

  @Override
  public void output(io.godwit.node.home.ConsoleStream stream, byte[] bytes) {
    try {
      sink.output(
          stream == io.godwit.node.home.ConsoleStream.ERROR
              ? ConsoleStream.ERROR
              : ConsoleStream.OUTPUT,
          ByteBuffer.wrap(bytes));
    } catch (IOException gone) {
      close();
    }
  }

  @Override
  public void ended(io.godwit.node.home.ConsoleStream stream) {
    synchronized (open) {
      open.remove(stream);
      if (open.isEmpty()) {
        drained.complete(null);
      }
    }
  }

  @Override
  public void input(ByteBuffer bytes) throws IOException {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    ConsoleHome.Attachment to = attachment;
    try {
      if (to != null) {
        to.input(copy);
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", stopping);
    } catch (IllegalStateException notOurs) {
      throw new IOException("another client has the input of this console", notOurs);
    }
  }

  @Override
  public void endOfInput() {
    ConsoleHome.Attachment to = attachment;
    if (to != null && !terminal) {
      to.endInput();
    }
  }

  @Override
  public void resize(WindowSize size) {
    ConsoleHome.Attachment to = attachment;
    if (to != null && terminal) {
      to.window(new TerminalCalls.WindowSize(size.rows(), size.columns(), 0, 0));
    }
  }

  @Override
  public void close() {
    ConsoleHome.Attachment to = attachment;
    attachment = null;
    if (to != null) {
      to.close();
    }
  }
}

package io.godwit.node.control;

import io.godwit.core.control.WindowSize;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A connected console, seen from the client's side. Closing it detaches; the program goes on. */
public interface Attachment extends AutoCloseable {
  /**
   * Hands on what was typed; blocks while the program does not read.
   *
   * @throws IOException when the program no longer reads its input
   */
  void input(ByteBuffer bytes) throws IOException;

  /** Standard input has ended. */
  void endOfInput();

  /** The client's window has a new size; ignored where the console is no terminal. */
  void resize(WindowSize size);

  @Override
  void close();
}

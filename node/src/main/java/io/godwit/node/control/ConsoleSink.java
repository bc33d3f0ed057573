package io.godwit.node.control;

import io.godwit.core.control.ConsoleStream;
import io.godwit.core.control.ProcessExit;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Where console bytes go. Called by one thread at a time. */
public interface ConsoleSink {
  /**
   * Takes all of the bytes; blocks while the client does not read.
   *
   * @throws IOException when the client has gone; the caller then forgets this sink
   */
  void output(ConsoleStream stream, ByteBuffer bytes) throws IOException;

  /** The process has ended and all of its output was delivered. */
  void exited(ProcessExit exit);

  /** Nothing more comes. */
  void end();
}

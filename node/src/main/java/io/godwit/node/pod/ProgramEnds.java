package io.godwit.node.pod;

import io.godwit.linux.Fd;
import io.godwit.linux.launch.FdCalls;

/**
 * The program's ends of its standard streams in a pod that awaits a program from elsewhere: given
 * to the restore in place of those the program had, and closed when it has them.
 */
public sealed interface ProgramEnds extends AutoCloseable {
  @Override
  void close();

  /** The ends of three pipes. */
  record Pipes(Fd input, Fd output, Fd error) implements ProgramEnds {
    @Override
    public void close() {
      FdCalls.close(input);
      FdCalls.close(output);
      FdCalls.close(error);
    }
  }

  /** The slave side of the pod's first terminal. */
  record Terminal(Fd slave) implements ProgramEnds {
    @Override
    public void close() {
      FdCalls.close(slave);
    }
  }
}

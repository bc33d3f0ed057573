package io.godwit.node.pod;

import io.godwit.linux.Fd;
import io.godwit.linux.launch.FdCalls;
import io.godwit.linux.launch.ProcessHandles;
import java.util.ArrayList;
import java.util.List;

/** The daemon's ends of a program's standard streams. */
public sealed interface PodStreams extends AutoCloseable {
  @Override
  void close();

  /** All descriptors here do not block. */
  record Pipes(Fd input, Fd output, Fd error) implements PodStreams {
    @Override
    public void close() {
      FdCalls.close(input);
      FdCalls.close(output);
      FdCalls.close(error);
    }
  }

  /** The master side of the pod's first terminal; does not block. */
  record Terminal(Fd master) implements PodStreams {
    @Override
    public void close() {
      FdCalls.close(master);
    }
  }

  /** Fetches copies of what a pod's init keeps. */
  static PodStreams fetch(Fd init, boolean terminal) {
    List<Fd> fetched = new ArrayList<>();
    try {
      if (terminal) {
        fetched.add(ProcessHandles.fetchDescriptor(init, InitDescriptors.MASTER));
      } else {
        fetched.add(ProcessHandles.fetchDescriptor(init, InitDescriptors.INPUT_WRITE));
        fetched.add(ProcessHandles.fetchDescriptor(init, InitDescriptors.OUTPUT_READ));
        fetched.add(ProcessHandles.fetchDescriptor(init, InitDescriptors.ERROR_READ));
      }
      fetched.forEach(fd -> FdCalls.nonBlocking(fd, true));
      return terminal
          ? new Terminal(fetched.get(0))
          : new Pipes(fetched.get(0), fetched.get(1), fetched.get(2));
    } catch (RuntimeException e) {
      fetched.forEach(FdCalls::close);
      throw e;
    }
  }
}

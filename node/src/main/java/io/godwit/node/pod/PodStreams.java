package io.godwit.node.pod;

import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.Errno;
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
        fetched.add(fetch(init, InitDescriptors.MASTER, FdCalls.O_RDWR));
      } else {
        fetched.add(fetch(init, InitDescriptors.INPUT_WRITE, FdCalls.O_WRONLY));
        fetched.add(fetch(init, InitDescriptors.OUTPUT_READ, FdCalls.O_RDONLY));
        fetched.add(fetch(init, InitDescriptors.ERROR_READ, FdCalls.O_RDONLY));
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

  /** One of the init's descriptors; nothing's where it was closed for good. */
  private static Fd fetch(Fd init, Fd descriptor, int flags) {
    try {
      return ProcessHandles.fetchDescriptor(init, descriptor);
    } catch (LinuxException e) {
      if (!e.is(Errno.EBADF)) {
        throw e;
      }
      return FdCalls.open("/dev/null", flags);
    }
  }
}

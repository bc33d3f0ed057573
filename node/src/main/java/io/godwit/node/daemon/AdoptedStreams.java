package io.godwit.node.daemon;

import io.godwit.core.Pid;
import io.godwit.engine.kind.ExternalDescriptor;
import io.godwit.linux.Descriptors;
import io.godwit.linux.DeviceNumber;
import io.godwit.linux.Fd;
import io.godwit.linux.FileStatus;
import io.godwit.linux.LinuxException;
import io.godwit.linux.launch.FdCalls;
import io.godwit.linux.launch.ProcessHandles;
import io.godwit.linux.launch.TerminalCalls;
import io.godwit.node.home.ConsoleClient;
import io.godwit.node.home.ConsoleHome;
import io.godwit.node.home.ConsoleStream;
import io.godwit.node.pod.ArrivalPod;
import io.godwit.node.pod.PodSpec;
import io.godwit.node.pod.ProgramEnds;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The standard streams of a process that is adopted, where they lead out of its tree. The program
 * gets the console of its pod in their place, wherever it goes; what it prints is passed on to
 * where it printed before, and a pipe that it read is read for it. A terminal's input is not: who
 * started the program types to a shell there.
 */
final class AdoptedStreams implements AutoCloseable {
  private static final Logger LOG = System.getLogger(AdoptedStreams.class.getName());
  private static final List<String> ROLES =
      List.of(ArrivalPod.INPUT, ArrivalPod.OUTPUT, ArrivalPod.ERROR);
  private static final int CHUNK = 16 << 10;

  /** Major numbers of terminals: tty and console, pseudoterminals. */
  private static final Set<Integer> TERMINALS = Set.of(4, 5, 136, 137, 138, 139);

  private final Map<String, Fd> fetched;
  private final Set<ExternalDescriptor> externals;
  private final boolean terminal;
  private @Nullable ConsoleHome home;

  private AdoptedStreams(
      Map<String, Fd> fetched, Set<ExternalDescriptor> externals, boolean terminal) {
    this.fetched = fetched;
    this.externals = externals;
    this.terminal = terminal;
  }

  /** Takes copies of a process's descriptors. */
  static AdoptedStreams of(Pid pid) {
    Map<String, Fd> fetched = new HashMap<>();
    Set<ExternalDescriptor> externals = new LinkedHashSet<>();
    boolean terminals = true;
    Fd handle = ProcessHandles.open(pid);
    try {
      for (int number = 0; number < ROLES.size(); number++) {
        Fd fd;
        try {
          fd = ProcessHandles.fetchDescriptor(handle, new Fd(number));
        } catch (LinuxException closed) {
          continue;
        }
        FileStatus status = Descriptors.status(fd);
        boolean isTerminal = isTerminal(status);
        if (isTerminal || status.isPipe() || status.isSocket()) {
          fetched.put(ROLES.get(number), fd);
          externals.add(
              new ExternalDescriptor(ROLES.get(number), status.device().devT(), status.inode()));
          terminals &= isTerminal;
        } else {
          FdCalls.close(fd);
        }
      }
      return new AdoptedStreams(fetched, externals, terminals && !fetched.isEmpty());
    } catch (RuntimeException e) {
      fetched.values().forEach(FdCalls::close);
      throw e;
    } finally {
      FdCalls.close(handle);
    }
  }

  private static boolean isTerminal(FileStatus status) {
    DeviceNumber device = status.rdev();
    return status.isCharacterDevice() && TERMINALS.contains(device.major());
  }

  Set<ExternalDescriptor> externals() {
    return externals;
  }

  /** What the pod's console is to be like. */
  PodSpec.Console console() {
    if (!terminal) {
      return new PodSpec.Console.Pipes();
    }
    TerminalCalls.WindowSize size = TerminalCalls.WindowSize.USUAL;
    try {
      size = TerminalCalls.windowSize(fetched.values().iterator().next());
    } catch (LinuxException unknown) {
      LOG.log(Level.DEBUG, "the terminal has no size: {0}", unknown.getMessage());
    }
    return new PodSpec.Console.Terminal(size);
  }

  /** What stands for each role in the pod. */
  Map<String, Fd> ends(Map<String, Fd> ofPod, @Nullable ProgramEnds ends) {
    Map<String, Fd> all = new HashMap<>(ofPod);
    if (ends instanceof ProgramEnds.Terminal(Fd slave)) {
      ROLES.forEach(role -> all.put(role, slave));
    }
    return all;
  }

  /** Begins to pass on; goes on until the program's console ends. */
  void connect(ConsoleHome to) {
    home = to;
    Fd input = terminal ? null : fetched.get(ArrivalPod.INPUT);
    ConsoleHome.Attachment attachment = to.attach(new Outputs(), input != null, 0);
    if (input != null) {
      Thread.ofPlatform()
          .daemon()
          .name("godwit-adopted-input")
          .start(() -> passInput(input, attachment));
    }
  }

  /** What the program prints goes where it went before. */
  private final class Outputs implements ConsoleClient {
    private int open = 2;

    @Override
    public void output(ConsoleStream stream, byte[] bytes) {
      Fd to = fetched.get(stream == ConsoleStream.ERROR ? ArrivalPod.ERROR : ArrivalPod.OUTPUT);
      if (to == null) {
        return;
      }
      try {
        int at = 0;
        while (at < bytes.length) {
          int count = FdCalls.write(to, bytes, at, bytes.length - at);
          if (count < 0) {
            FdCalls.poll(List.of(new FdCalls.Interest(to, FdCalls.POLLOUT)), -1);
          } else {
            at += count;
          }
        }
      } catch (LinuxException nobodyReads) {
        LOG.log(Level.DEBUG, "output has nowhere to go: {0}", nobodyReads.getMessage());
      }
    }

    @Override
    public void ended(ConsoleStream stream) {
      if (--open == 0 || terminal) {
        AdoptedStreams.this.close();
      }
    }
  }

  private static void passInput(Fd input, ConsoleHome.Attachment to) {
    byte[] buffer = new byte[CHUNK];
    try {
      while (true) {
        FdCalls.poll(List.of(new FdCalls.Interest(input, FdCalls.POLLIN)), -1);
        int count = FdCalls.read(input, buffer);
        if (count == 0) {
          to.endInput();
          return;
        }
        if (count > 0) {
          to.input(Arrays.copyOf(buffer, count));
        }
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    } catch (LinuxException | IllegalStateException ended) {
      LOG.log(Level.DEBUG, "no more input is passed on: {0}", ended.getMessage());
    }
  }

  /** Gives the copies back: whoever reads from the program sees its end. */
  @Override
  public synchronized void close() {
    Fd input = fetched.remove(ArrivalPod.INPUT);
    if (input != null && home == null) {
      FdCalls.close(input); // otherwise its thread may be about to read it
    }
    fetched.values().forEach(FdCalls::close);
    fetched.clear();
  }
}

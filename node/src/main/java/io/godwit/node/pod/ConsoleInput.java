package io.godwit.node.pod;

import io.godwit.core.Pid;
import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.launch.FdCalls;
import io.godwit.linux.launch.FdCalls.Interest;
import io.godwit.node.home.ConsoleMessage;
import io.godwit.node.pod.ConsoleState.Piece;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Input on its way to the program. Used by the relay's thread only. */
final class ConsoleInput {
  /** Control-D, which ends a terminal's input where the program has not chosen another. */
  private static final byte[] END_OF_FILE = {4};

  private static final int READER = FdCalls.O_RDONLY | FdCalls.O_NONBLOCK;

  private final Pod pod;
  private final Deque<byte[]> pending = new ArrayDeque<>();
  private long position;
  private boolean counting;
  private boolean closing;
  private boolean closed;

  ConsoleInput(Pod pod) {
    this.pod = pod;
  }

  private Fd fd() {
    return switch (pod.streams()) {
      case PodStreams.Pipes(Fd input, Fd output, Fd error) -> input;
      case PodStreams.Terminal(Fd master) -> master;
    };
  }

  /** Behind the last byte taken from the home. */
  long position() {
    return position;
  }

  void restore(ConsoleState.Input state) {
    position = state.position();
    counting = true;
    closing = state.closed();
    addFirst(state.pending());
  }

  ConsoleState.Input state(List<Piece> unread) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    pending.forEach(bytes::writeBytes);
    return new ConsoleState.Input(position, closing || closed, unread, bytes.toByteArray());
  }

  /** Bytes before the position have been taken before; bytes beyond it come again later. */
  void add(ConsoleMessage.Data data) {
    if (!counting) {
      // What was before went through the relay of an earlier daemon.
      position = data.position();
      counting = true;
    }
    long known = position - data.position();
    if (known < 0 || known >= data.bytes().length) {
      return;
    }
    byte[] fresh = java.util.Arrays.copyOfRange(data.bytes(), (int) known, data.bytes().length);
    pending.add(fresh);
    position += fresh.length;
  }

  void addFirst(byte[] bytes) {
    if (bytes.length > 0) {
      pending.addFirst(bytes);
    }
  }

  void close(long at) {
    closing |= !counting || at <= position;
  }

  void hungUp() {
    pending.clear();
    closed = true;
  }

  void addInterest(List<Interest> interests) {
    if (!closed && !pending.isEmpty()) {
      interests.add(new Interest(fd(), FdCalls.POLLOUT));
    }
  }

  /**
   * Writes what the program's side takes.
   *
   * @return whether anything was written
   */
  boolean writeSome() {
    boolean wrote = false;
    while (!closed && !pending.isEmpty()) {
      byte[] bytes = pending.removeFirst();
      int count;
      try {
        count = FdCalls.write(fd(), bytes, 0, bytes.length);
      } catch (LinuxException nobodyReads) {
        pending.clear();
        return true;
      }
      if (count < bytes.length) {
        int written = Math.max(0, count);
        pending.addFirst(java.util.Arrays.copyOfRange(bytes, written, bytes.length));
        return wrote || written > 0;
      }
      wrote = true;
    }
    if (closing && !closed && pending.isEmpty()) {
      end();
    }
    return wrote;
  }

  private void end() {
    closed = true;
    if (pod.streams() instanceof PodStreams.Pipes) {
      pod.closeInput();
    } else {
      closed = FdCalls.write(fd(), END_OF_FILE, 0, 1) == 1;
    }
  }

  /**
   * A copy of what is in the program's pipe. It stays there, so that nothing is to be done where
   * the program stays too.
   */
  List<Piece> unreadInPipe() {
    return closed ? unreadOfProgram() : copy(FdCalls.reopen(fd(), READER));
  }

  /** Our end is closed already; the program's own descriptor leads to the pipe. */
  private List<Piece> unreadOfProgram() {
    Optional<Pid> main = pod.mainProcess();
    if (main.isEmpty()) {
      return List.of();
    }
    Path link = Path.of("/proc/" + main.get() + "/fd/0");
    try {
      if (!Files.readSymbolicLink(link).toString().startsWith("pipe:")) {
        return List.of();
      }
    } catch (IOException closedByTheProgram) {
      return List.of();
    }
    return copy(FdCalls.open(link.toString(), READER));
  }

  private static List<Piece> copy(Fd reader) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (FdCalls.Pipe copy = FdCalls.pipe()) {
      int capacity = FdCalls.pipeCapacity(reader);
      FdCalls.pipeCapacity(copy.write(), capacity);
      int left = FdCalls.tee(reader, copy.write(), capacity);
      byte[] chunk = new byte[PodLimits.CONSOLE_CHUNK];
      while (left > 0) {
        int count = FdCalls.read(copy.read(), chunk);
        bytes.write(chunk, 0, count);
        left -= count;
      }
    } finally {
      FdCalls.close(reader);
    }
    return bytes.size() == 0 ? List.of() : List.of(new Piece(bytes.toByteArray(), false));
  }
}

package io.godwit.node.pod;

import io.godwit.linux.Fd;
import io.godwit.linux.launch.FdCalls;
import io.godwit.linux.launch.FdCalls.Interest;
import io.godwit.node.home.ConsoleChannel;
import io.godwit.node.home.ConsoleMessage;
import io.godwit.node.home.ConsoleStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The program's output on its way to the home. Used by the relay's thread only. */
final class ConsoleOutputs {
  private final Pod pod;
  private final Map<ConsoleStream, Stream> streams = new EnumMap<>(ConsoleStream.class);

  private static final class Stream {
    final Fd fd;

    /** Where the next byte read belongs. */
    long next;

    /** What the home has not accepted; its last byte is the one before {@code next}. */
    final Deque<byte[]> unaccepted = new ArrayDeque<>();

    long unacceptedBytes;
    boolean closed;

    Stream(Fd fd) {
      this.fd = fd;
    }
  }

  ConsoleOutputs(Pod pod) {
    this.pod = pod;
    switch (pod.streams()) {
      case PodStreams.Pipes(Fd input, Fd output, Fd error) -> {
        streams.put(ConsoleStream.OUTPUT, new Stream(output));
        streams.put(ConsoleStream.ERROR, new Stream(error));
      }
      case PodStreams.Terminal(Fd master) -> {
        streams.put(ConsoleStream.OUTPUT, new Stream(master));
        Stream none = new Stream(master);
        none.closed = true;
        streams.put(ConsoleStream.ERROR, none);
      }
    }
  }

  private Stream stream(ConsoleStream stream) {
    Stream found = streams.get(stream);
    if (found == null) {
      throw new IllegalArgumentException("no output of the program: " + stream);
    }
    return found;
  }

  void restore(ConsoleState state) {
    restore(stream(ConsoleStream.OUTPUT), state.output());
    restore(stream(ConsoleStream.ERROR), state.error());
  }

  private static void restore(Stream stream, ConsoleState.Output state) {
    stream.next = state.position() + state.unaccepted().length;
    stream.closed = state.closed();
    if (state.unaccepted().length > 0) {
      stream.unaccepted.add(state.unaccepted());
      stream.unacceptedBytes = state.unaccepted().length;
    }
  }

  ConsoleState.Output state(ConsoleStream which) {
    Stream stream = stream(which);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    stream.unaccepted.forEach(bytes::writeBytes);
    return new ConsoleState.Output(
        stream.next - stream.unacceptedBytes, stream.closed, bytes.toByteArray());
  }

  void addInterests(List<Interest> interests) {
    for (Stream stream : streams.values()) {
      if (readable(stream)) {
        interests.add(new Interest(stream.fd, FdCalls.POLLIN));
      }
    }
  }

  private static boolean readable(Stream stream) {
    return !stream.closed && stream.unacceptedBytes < PodLimits.OUTPUT_WINDOW;
  }

  /**
   * Reads what is there, within the window.
   *
   * @return whether a terminal has nobody at its other side at the moment
   */
  boolean readSome(@Nullable ConsoleChannel channel) {
    boolean absent = false;
    for (Map.Entry<ConsoleStream, Stream> each : streams.entrySet()) {
      if (readable(each.getValue())) {
        absent |= read(each.getKey(), each.getValue(), channel);
      }
    }
    return absent;
  }

  /** Reads until nothing is left, whatever the window says: the program does not run. */
  void readAll(@Nullable ConsoleChannel channel) {
    for (Map.Entry<ConsoleStream, Stream> each : streams.entrySet()) {
      long before = -1;
      Stream stream = each.getValue();
      while (!stream.closed && stream.next != before) {
        before = stream.next;
        read(each.getKey(), stream, channel);
      }
    }
  }

  private boolean read(ConsoleStream which, Stream stream, @Nullable ConsoleChannel channel) {
    byte[] chunk = new byte[PodLimits.CONSOLE_CHUNK];
    int count = ConsoleRelay.readOrEnd(stream.fd, chunk);
    if (count > 0) {
      byte[] bytes = java.util.Arrays.copyOf(chunk, count);
      stream.unaccepted.add(bytes);
      stream.unacceptedBytes += count;
      long position = stream.next;
      stream.next += count;
      if (channel != null) {
        channel.send(new ConsoleMessage.Data(which, position, bytes));
      }
      return false;
    }
    if (count == FdCalls.NOTHING) {
      return false;
    }
    if (pod.streams() instanceof PodStreams.Terminal && !pod.ended().isDone()) {
      return true; // a program may open its terminal again
    }
    stream.closed = true;
    if (channel != null) {
      channel.send(new ConsoleMessage.Closed(which, stream.next));
    }
    return false;
  }

  void sendAgain(ConsoleChannel channel) {
    streams.forEach(
        (which, stream) -> {
          long position = stream.next - stream.unacceptedBytes;
          for (byte[] bytes : stream.unaccepted) {
            for (int at = 0; at < bytes.length; at += PodLimits.CONSOLE_CHUNK) {
              int to = Math.min(bytes.length, at + PodLimits.CONSOLE_CHUNK);
              channel.send(
                  new ConsoleMessage.Data(
                      which, position + at, java.util.Arrays.copyOfRange(bytes, at, to)));
            }
            position += bytes.length;
          }
          if (stream.closed) {
            channel.send(new ConsoleMessage.Closed(which, stream.next));
          }
        });
  }

  void accepted(ConsoleStream which, long position, @Nullable ConsoleChannel channel) {
    Stream stream = stream(which);
    if (position > stream.next) {
      // An earlier daemon's relay sent that much; ours began to count anew.
      stream.next = position + stream.unacceptedBytes;
      if (channel != null) {
        sendAgain(channel);
      }
      return;
    }
    long first = stream.next - stream.unacceptedBytes;
    while (!stream.unaccepted.isEmpty() && position > first) {
      byte[] bytes = stream.unaccepted.removeFirst();
      long known = Math.min(bytes.length, position - first);
      first += known;
      stream.unacceptedBytes -= known;
      if (known < bytes.length) {
        stream.unaccepted.addFirst(java.util.Arrays.copyOfRange(bytes, (int) known, bytes.length));
      }
    }
  }

  void closeReader(ConsoleStream which, @Nullable ConsoleChannel channel) {
    Stream stream = stream(which);
    if (pod.streams() instanceof PodStreams.Pipes && !stream.closed) {
      pod.closeOutput(which == ConsoleStream.ERROR);
      stream.closed = true;
      if (channel != null) {
        channel.send(new ConsoleMessage.Closed(which, stream.next));
      }
    }
  }

  /** Whether all has been read and accepted. */
  boolean complete() {
    return streams.values().stream()
        .allMatch(stream -> stream.closed && stream.unacceptedBytes == 0);
  }
}

package io.godwit.node.home;

import io.godwit.core.GodwitException;
import io.godwit.linux.launch.TerminalCalls.WindowSize;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * What the node that runs a pod and the pod's home say to each other about its console. Positions
 * count the bytes of a stream since the pod was made, so that whatever is sent twice or out of
 * order around a move is recognised.
 *
 * <pre>
 *  u8 kind | u8 stream | u16 0 | u64 position | rest
 *  1 data: bytes          2 closed           3 accepted
 *  4 window: u16 rows, columns, width, height (pixels)
 *  5 hang-up              6 opened
 * </pre>
 */
public sealed interface ConsoleMessage {
  /** Bytes of data in one message. */
  int DATA_LIMIT = 256 << 10;

  int HEADER = 12;

  /** Bytes of a stream, the first of which has the given position. */
  @SuppressWarnings("ArrayRecordComponent") // never changed once sent
  record Data(ConsoleStream stream, long position, byte[] bytes) implements ConsoleMessage {
    public Data {
      if (bytes.length > DATA_LIMIT) {
        throw new IllegalArgumentException("at most " + DATA_LIMIT + " bytes at once");
      }
    }

    @Override
    public boolean equals(@org.jspecify.annotations.Nullable Object other) {
      return other instanceof Data d
          && stream == d.stream
          && position == d.position
          && java.util.Arrays.equals(bytes, d.bytes);
    }

    @Override
    public int hashCode() {
      return Long.hashCode(position) * 31 + java.util.Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return "Data[" + stream + " at " + position + ", " + bytes.length + " bytes]";
    }
  }

  /**
   * The stream ends at that position: from the writing side an end of file, from the reading side
   * nobody reads any more.
   */
  record Closed(ConsoleStream stream, long position) implements ConsoleMessage {}

  /** All bytes before the position have arrived for good and need not be kept. */
  record Accepted(ConsoleStream stream, long position) implements ConsoleMessage {}

  /** The size of the window of whoever has the input. */
  record Window(WindowSize size) implements ConsoleMessage {}

  /** The terminal is gone. */
  record HangUp() implements ConsoleMessage {}

  /** The first message of a relay: it has taken the input up to here and wants what follows. */
  record Opened(long inputPosition) implements ConsoleMessage {}

  default byte[] toBytes() {
    return switch (this) {
      case Data(ConsoleStream stream, long position, byte[] bytes) ->
          header(1, stream, position, bytes.length).put(bytes).array();
      case Closed(ConsoleStream stream, long position) -> header(2, stream, position, 0).array();
      case Accepted(ConsoleStream stream, long position) -> header(3, stream, position, 0).array();
      case Window(WindowSize size) ->
          header(4, ConsoleStream.INPUT, 0, 8)
              .putShort((short) size.rows())
              .putShort((short) size.columns())
              .putShort((short) size.widthPixels())
              .putShort((short) size.heightPixels())
              .array();
      case HangUp() -> header(5, ConsoleStream.INPUT, 0, 0).array();
      case Opened(long position) -> header(6, ConsoleStream.INPUT, position, 0).array();
    };
  }

  private static ByteBuffer header(int kind, ConsoleStream stream, long position, int rest) {
    return ByteBuffer.allocate(HEADER + rest)
        .put((byte) kind)
        .put((byte) stream.number())
        .putShort((short) 0)
        .putLong(position);
  }

  /** Reads a message that came from a peer. */
  static ConsoleMessage of(byte[] message) {
    try {
      ByteBuffer in = ByteBuffer.wrap(message);
      int kind = in.get();
      ConsoleStream stream = ConsoleStream.of(in.get());
      in.getShort();
      long position = in.getLong();
      if (position < 0 || message.length > HEADER + DATA_LIMIT) {
        throw damaged("position " + position + ", " + message.length + " bytes");
      }
      return switch (kind) {
        case 1 -> {
          byte[] bytes = new byte[in.remaining()];
          in.get(bytes);
          yield new Data(stream, position, bytes);
        }
        case 2 -> new Closed(stream, position);
        case 3 -> new Accepted(stream, position);
        case 4 ->
            new Window(new WindowSize(unsigned(in), unsigned(in), unsigned(in), unsigned(in)));
        case 5 -> new HangUp();
        case 6 -> new Opened(position);
        default -> throw damaged("kind " + kind);
      };
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw damaged(message.length + " bytes: " + e.getMessage());
    }
  }

  private static int unsigned(ByteBuffer in) {
    return Short.toUnsignedInt(in.getShort());
  }

  private static GodwitException damaged(String why) {
    return new GodwitException(
        HomeError.CONSOLE_DAMAGED,
        "a console message cannot be understood",
        why,
        "check that both nodes run the same version of Godwit");
  }
}
